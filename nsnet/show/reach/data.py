"""The JSON of ``nsnet reach --format json``."""

from __future__ import annotations

from ...diagnose.reach import Found, Reach, Station

Json = dict[str, object]


def reach(value: Reach) -> Json:
    """Everything: who asked whom, and each question with what it came to."""
    return {
        "senders": [_station(each) for each in value.senders],
        "targets": [_station(each) for each in value.targets],
        "cells": [_cell(each) for each in value.found],
        "answered": sum(each.ok for each in value.found),
        "asked": len(value.found),
        "timeout": value.timeout,
        "seconds": round(value.seconds, 3),
    }


def _station(value: Station) -> Json:
    return {
        "name": value.label,
        "shared_by": list(value.guests),
        "addresses": [each.ip for each in value.addresses],
    }


def _cell(value: Found) -> Json:
    question = value.question
    return {
        "from": question.sender,
        "to": question.target,
        "what": question.what,
        "address": question.address,
        "port": question.port,
        "protocol": question.protocol,
        "container_port": question.inner,
        "code": value.code,
        "errno": value.errno,
        "by": value.by,
        "found": value.detail.split(),
        "ms": round(1e3 * value.seconds, 3) if value.ok else None,
    }
