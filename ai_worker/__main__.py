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
    # What is imported stays: looking for rubbish among it takes a tenth of a short command's time.
    gc.disable()
    try:
        from ai_worker.cli.main import cli  # noqa: PLC0415 - reads the settings, whose faults are to be reported like any other

        gc.enable()
        cli()
    except WorkError as fault:
        if debug:
            raise
        Console(stderr=True).print(f"[red]error:[/red] {escape(str(fault))}", soft_wrap=True, highlight=False)
        sys.exit(2)


if __name__ == "__main__":
    main()
