"""The command line: ``python -m minimizer COMMAND``."""

from __future__ import annotations

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
        0 success; 1 no success, or a package or file is missing; 2 bad input; 130 Ctrl-C.

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
        return int(arguments.run(arguments))
    except BadInput as error:
        code, why = 2, f"error: {error}"
    except (ImportError, OSError) as error:
        code, why = 1, str(error)
    except KeyboardInterrupt:
        code, why = 130, "interrupted"  # as shells have it
    print(f"{parser.prog} {arguments.command}: {why}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]  # ± on an ASCII terminal
    sys.exit(main())
