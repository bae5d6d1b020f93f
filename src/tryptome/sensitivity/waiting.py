"""Numbers that arrive some samples at a time, and are wanted one set of choices at a time."""

from __future__ import annotations

from pathlib import Path
from tempfile import SpooledTemporaryFile

import numpy as np

from tryptome.atomic import said_of
from tryptome.biom_parts import IN_MEMORY
from tryptome.estimate.community import Array


class Waiting:
    """Blocks that wait in a file without a name, which is in memory while it is small.

    Parameters
    ----------
    folder : path
        Where that file is.

    Examples
    --------
    >>> with Waiting(Path(".")) as waiting:
    ...     waiting.append(np.array([[[1.0, 2.0]], [[5.0, 6.0]]]))
    ...     waiting.append(np.array([[[3.0]], [[7.0]]]))
    ...     waiting.joined(1).tolist()
    [[5.0, 6.0, 7.0]]
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._blocks: list[tuple[int, tuple[int, ...]]] = []

    def __enter__(self) -> Waiting:
        self._file = SpooledTemporaryFile(IN_MEMORY, dir=str(self._folder))
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def append(self, block: Array) -> None:
        """Keep a block.

        Parameters
        ----------
        block : ndarray, shape (sets, rows, samples)
            As many sets and rows each time.

        Raises
        ------
        OutputError
            The file cannot be written.
        """
        self._blocks.append((self._file.tell(), block.shape))
        with said_of(self._folder):
            self._file.write(np.ascontiguousarray(block).data)

    def joined(self, number: int) -> Array:
        """One set of all blocks, shape (rows, all samples)."""
        return np.concatenate([self._set(number, *block) for block in self._blocks], axis=1)

    def _set(self, number: int, place: int, shape: tuple[int, ...]) -> Array:
        _, rows, samples = shape
        size = rows * samples * np.dtype(float).itemsize
        self._file.seek(place + number * size)
        return np.frombuffer(self._file.read(size)).reshape(rows, samples)
