"""The command line: ``python -m minimizer COMMAND``."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from .commands.parser import make_parser, plain
from .common.errors import BadInput


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    Parameters
    ----------
    argv : sequence of str, optional
        Arguments; by default those of the command line.

    Returns
    -------
    int
        0 success; 1 not converged, or ambiguous; 2 bad input, or a package or file is missing, or
        a file cannot be written; 130 Ctrl-C; 141 if the output is no longer read.

    Examples
    --------
    >>> main([])  # doctest: +ELLIPSIS
    usage: ...
    0
    """
    parser = make_parser()
    arguments = parser.parse_args(plain(sys.argv[1:] if argv is None else argv))
    if arguments.command is None:
        parser.print_help()
        return 0
    try:
        code = int(arguments.run(arguments))
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for the flush at the end
        return 141
    except (BadInput, ImportError, OSError) as error:
        code, why = 2, f"error: {error}"
    except MemoryError:
        code, why = 2, "error: there is not enough memory for this"
    except KeyboardInterrupt:
        code, why = 130, "interrupted"  # as shells have it
    print(f"{parser.prog} {arguments.command}: {why}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]  # ± on an ASCII terminal
    sys.exit(main())
