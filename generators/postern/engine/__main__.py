"""Check the machine with nothing but Python: `python -m postern.engine [--install-java]`.

Prints the report; the exit status is 0 where the engine can run and 1 where it cannot.
"""

from __future__ import annotations

import os
import sys

from postern.engine import EngineError, check_machine, ensure_java


def main(arguments: list[str]) -> int:
    """Print the report; first provide Java where that is asked for."""
    try:
        if "--install-java" in arguments and not os.environ.get("POSTERN_ES_URL"):
            ensure_java(interactive=sys.stdin.isatty())
    except EngineError as error:
        # The report below tells it again among the other findings.
        sys.stderr.write(f"{error}\n")
    report = check_machine()
    sys.stdout.write(f"{report.text()}\n")
    return 0 if report.ok else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
