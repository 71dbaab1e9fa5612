"""Frames made by hand."""

from __future__ import annotations

import os

import pytest

from nsnet.kernel import forged
from nsnet.kernel.stack import raise_limit

pytestmark = pytest.mark.usefixtures("host")


def test_with_more_files_than_select_knows() -> None:
    """As with a stack of many namespaces: select(2) refuses files from 1024 on."""
    raise_limit(1200)
    files = [os.open(os.devnull, os.O_RDONLY) for _ in range(1030)]
    try:
        mac = "00:00:00:00:00:00"
        one = forged.Forgery("lo", mac, "127.0.0.1", "192.0.2.9", "127.0.0.1", 9)
        assert forged.send(one, 0.05) == ""
    finally:
        for fd in files:
            os.close(fd)
