"""What is wrong with a template, in the words of Go."""

from __future__ import annotations


class TemplateError(Exception):
    """``template: :LINE: …`` where it could not be read, ``template: :LINE:COLUMN: executing …``
    where it could not be run. The name before the line is empty, as in docker's."""
