"""`python -m splunk_lint APP`, from tests/: print the problems of an app; 1 if there are some."""

from __future__ import annotations

import sys
from pathlib import Path

from . import lint

USAGE = "usage: python -m splunk_lint APP"

if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(USAGE)
    problems = lint(Path(sys.argv[1]).resolve())
    for problem in problems:
        print(problem)  # noqa: T201 - the command's answer
    sys.exit(1 if problems else 0)
