"""The command line, as `python -m reformtrack`."""

import gc
import sys

from reformtrack.domain.errors import MissingExtra


def main() -> int:
    """Run the command line; its exit code. Without the extra `cli` it says what to install."""
    # What is made while it starts lives as long as the process: a sixth of its CPU went to looking for garbage there.
    gc.set_threshold(50_000)
    try:
        from reformtrack import cli
    except MissingExtra as error:
        print(f"reformtrack: {error}", file=sys.stderr)
        return 2
    return cli.main()


if __name__ == "__main__":
    sys.exit(main())
