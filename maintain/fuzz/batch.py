"""Entry of a worker process: ``python -m fuzz.batch FIRST COUNT SEED SKIPPED``."""

import sys
from pathlib import Path

from fuzz.worker import run

if __name__ == "__main__":
    first, count, seed = map(int, sys.argv[1:4])
    skip = {int(number) for number in sys.argv[4].split(",") if number}
    print(run(first, count, seed, skip, Path("progress")).written())
