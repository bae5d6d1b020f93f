"""Lists the tests that were skipped, and fails on one that nobody expects.

Usage: skips.py JUNIT_XML EXPECTED, where EXPECTED holds one pattern a line for
"test: reason" (``*`` stands for anything).
"""

import sys
import xml.etree.ElementTree as ET
from fnmatch import fnmatchcase
from pathlib import Path


def skipped(report: Path) -> list[str]:
    """Name and reason of each skipped test, sorted."""
    cases = ET.parse(report).iter("testcase")
    return sorted(
        f"{case.get('classname')}.{case.get('name')}: {skip.get('message')}"
        for case in cases
        for skip in case.iter("skipped")
    )


def main() -> int:
    """Print every skip; 1 where one of them is not expected."""
    report, expected = map(Path, sys.argv[1:])
    lines = expected.read_text(encoding="utf-8").splitlines()
    patterns = [line for line in lines if line and not line.startswith("#")]
    surprises = 0
    for skip in skipped(report):
        known = any(fnmatchcase(skip, pattern) for pattern in patterns)
        print(f"skipped{'' if known else ', NOT EXPECTED'}: {skip}")
        surprises += not known
    return 1 if surprises else 0


if __name__ == "__main__":
    sys.exit(main())
