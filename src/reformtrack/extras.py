"""Extras: one error for every library that is not installed, with the command that installs it."""

from collections.abc import Iterator
from contextlib import contextmanager

from reformtrack.domain.errors import MissingExtra


@contextmanager
def extra(name: str) -> Iterator[None]:
    """
    Import libraries of an extra in the block.

    Raises:
        MissingExtra: one of them is not installed, or not completely.

    >>> with extra("web"):
    ...     import no_such_library
    Traceback (most recent call last):
        ...
    reformtrack.domain.errors.MissingExtra: no_such_library is not installed; accepted: pip install 'reformtrack[web]'
    """
    try:
        yield
    except MissingExtra:
        raise
    except ImportError as error:
        raise MissingExtra(name, error) from error
