"""totals.py STATUS=REPORT...: the closing line over several test runs.

Each argument is the exit status of one pytest run and the JUnit report it wrote. Prints
``N passed, N failed, N skipped`` and exits with 0 only if something ran and nothing failed.
A run that broke down without saying so in its report counts as one failure.
"""

from __future__ import annotations

import sys
import xml.etree.ElementTree as ET
from collections import Counter

#: pytest's exit statuses for "all passed", "some failed" and "nothing selected".
ORDINARY = ("0", "1", "5")


def read(report: str) -> Counter[str]:
    """The counts in one JUnit report; none at all if it is missing or cut short."""
    try:
        suites = list(ET.parse(report).iter("testsuite"))
    except (OSError, ET.ParseError):
        return Counter()
    counts: Counter[str] = Counter()
    for suite in suites:
        number = {key: int(suite.get(key, 0)) for key in ("tests", "failures", "errors", "skipped")}
        counts["failed"] += number["failures"] + number["errors"]
        counts["skipped"] += number["skipped"]
        counts["passed"] += number["tests"] - number["failures"] - number["errors"]
        counts["passed"] -= number["skipped"]
    return counts


def main(arguments: list[str]) -> int:
    """Print the closing line; the exit status of the whole."""
    totals: Counter[str] = Counter()
    for argument in arguments:
        status, _, report = argument.partition("=")
        counts = read(report)
        if status not in ORDINARY or (status == "1" and not counts["failed"]):
            print(f"a test run broke down (exit status {status})", file=sys.stderr)
            counts["failed"] += 1
        totals += counts
    print(", ".join(f"{totals[word]} {word}" for word in ("passed", "failed", "skipped")))
    return 0 if totals["passed"] and not totals["failed"] else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
