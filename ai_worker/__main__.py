"""`ai-worker` and `python -m ai_worker`: a fault that the operator can correct is one line and exit code 2;
`--debug` shows where it arose.
"""

import gc
import sys

from rich.console import Console
from rich.markup import escape

from ai_worker.errors import WorkError


def main() -> None:
    """Run the command line."""
    debug = "--debug" in sys.argv
    # What is imported stays: looking for garbage among it takes a tenth of a short command's time. A command
    # enables it before its first line.
    gc.disable()
    try:
        from ai_worker.cli.main import cli  # noqa: PLC0415 - reads the settings, whose faults are to be reported like any other

        cli()
    except WorkError as fault:
        if debug:
            raise
        _end(str(fault))
    except Exception as fault:
        if debug or not (missing := _missing_in_schema(fault)):
            raise
        _end(f"{missing} - bring the databases up to date with: ai-worker db upgrade")


def _missing_in_schema(fault: Exception) -> str:
    """MySQL's words about a table or column that is not there; empty where it is another fault."""
    from pymysql.constants.ER import BAD_FIELD_ERROR, NO_SUCH_TABLE  # noqa: PLC0415 - of no use elsewhere
    from pymysql.err import MySQLError  # noqa: PLC0415

    known = isinstance(fault, MySQLError) and fault.args[:1] in ((NO_SUCH_TABLE,), (BAD_FIELD_ERROR,))
    return str(fault.args[1]) if known else ""


def _end(fault: str) -> None:
    Console(stderr=True).print(f"[red]error:[/red] {escape(fault)}", soft_wrap=True, highlight=False)
    sys.exit(2)


if __name__ == "__main__":
    main()
