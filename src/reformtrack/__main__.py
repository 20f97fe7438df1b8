"""
The command line, as `python -m reformtrack`.
"""

import sys

from reformtrack.domain.errors import MissingExtra


def main() -> int:
    """Run the command line; its exit code. Without the extra `cli` it says what to install."""
    try:
        from reformtrack import cli
    except MissingExtra as error:
        print(f"reformtrack: {error}", file=sys.stderr)
        return 2
    return cli.main()


if __name__ == "__main__":
    sys.exit(main())
