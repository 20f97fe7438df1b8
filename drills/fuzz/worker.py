"""
Runs one target under atheris until it finds something, or has had so many inputs; it never returns, so it has a process.

    python -m drills.fuzz.worker TARGET COUNTER libFuzzer's own arguments…
"""

import mmap
import struct
import sys
from pathlib import Path
from random import Random

COUNT = struct.Struct("=Q")


def main() -> None:
    """Read inputs; how many were begun is in the file, whatever happens then."""
    import atheris  # there is none for every Python, and what it instruments has to be imported after it

    with atheris.instrument_imports(include=["reformtrack"], enable_loader_override=False):
        from drills.fuzz.mutator import drawn, mutated
        from drills.fuzz.targets import TARGETS
    name, counter, *arguments = sys.argv[1:]
    read, count = TARGETS[name].read, 0

    def mutate(data: bytes, max_size: int, seed: int) -> bytes:
        """By turns another document of the same words, and other bytes."""
        random = Random(seed)
        if random.randrange(3):
            return mutated(data, drawn(random))[:max_size]
        changed: bytes = atheris.Mutate(data, max_size)
        return changed

    with Path(counter).open("r+b") as file, mmap.mmap(file.fileno(), COUNT.size) as shared:

        def one(data: bytes) -> None:
            nonlocal count
            count += 1
            COUNT.pack_into(shared, 0, count)
            read(data)

        atheris.Setup([sys.argv[0], *arguments], one, custom_mutator=mutate)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
