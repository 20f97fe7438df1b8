"""Sets a PDF, as a worker of `reformtrack.exchange.bounded`: what people wrote may take it any time and memory."""

import os


def answer(source: bytes) -> bytes:
    """The PDF of a source of Typst."""
    os.environ["RAYON_NUM_THREADS"] = "1"  # those of many cores would take the memory with their stacks
    import typst

    return typst.compile(source)
