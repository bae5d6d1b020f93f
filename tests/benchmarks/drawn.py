"""Tables of any size, drawn from a large real one: its lineages, and as sparse as it is.

Each feature is there as often as in the real table, so scaled that a sample has about 150
of them; reads are log-normal. Drawn and written block by block, so that a million samples
fit: `python drawn.py REAL OUT SAMPLES`, where REAL is `large/TwinsUK.biom.gz` of the folder
that `TRYPTOME_DATA` names.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from tryptome.biom_parts import biom_parts
from tryptome.ingest.abundances import Abundances, Hints
from tryptome.ingest.recognise import read_table

FEATURES_A_SAMPLE = 150
BLOCK = 2_000
"""Samples that are drawn at once."""

SEED = 1


def draw(real: Path, path: Path, samples: int) -> None:
    """Draw a table of so many samples and write it as BIOM 2.1, with lineages."""
    import h5py

    table = read_table(real, Hints())
    chance = _chances(table)
    names = [f"s{number:07d}" for number in range(samples)]
    with biom_parts(path, table.features, names, "sample", "OTU table") as append:
        for number, start in enumerate(range(0, samples, BLOCK)):
            append(_block(chance, min(BLOCK, samples - start), number))
    texts = np.array([name.encode() for name in table.lineages or []], dtype=object)
    with h5py.File(path, "r+") as drawn:
        about = drawn["observation/metadata"]
        about.create_dataset("taxonomy", data=texts, dtype=h5py.string_dtype(), compression="gzip")


def _chances(table: Abundances) -> NDArray[np.float64]:
    """Chance of each feature to be in a sample: its share of the real samples, scaled."""
    seen = np.diff(table.values.indptr) / len(table.samples)
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        few = np.minimum(seen * middle, 1).sum() < FEATURES_A_SAMPLE
        low, high = (middle, high) if few else (low, middle)
    return np.asarray(np.minimum(seen * high, 1))


def _block(chance: NDArray[np.float64], samples: int, number: int) -> csr_array:
    """Samples x features."""
    rng = np.random.default_rng([SEED, number])
    there = rng.random((samples, len(chance)), dtype=np.float32) < chance.astype(np.float32)
    rows, columns = there.nonzero()
    reads = np.ceil(rng.lognormal(2.0, 1.5, len(rows)))
    return csr_array((reads, (rows, columns)), shape=there.shape)


if __name__ == "__main__":
    draw(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
