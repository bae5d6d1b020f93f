"""Heaps of texts in HDF5 files: a damaged one would keep HDF5's library reading for ever.

Texts of variable length lie in global heaps. The library (2.0 and before) walks a
heap from object to object by their sizes, and never ends where one has no size.
The layout is that of the HDF5 File Format Specification, "Global Heap".
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO

SIGNATURE = b"GCOL\x01\x00\x00\x00"
"""Signature, version 1 and three reserved bytes; eight bytes of size follow."""

HEADER = 16
"""Bytes of the header of a heap, and of each of its objects."""

PIECE = 2**20


def has_endless_heap(stream: BinaryIO) -> bool:
    """Tell whether a heap of the file has an object by which its reading makes no step.

    Parameters
    ----------
    stream : binary file
        A whole HDF5 file; it is left at its beginning.
    """
    endless = any(_is_endless(stream, start) for start in list(_starts(stream)))
    stream.seek(0)
    return endless


def _starts(stream: BinaryIO) -> Iterator[int]:
    """Places of the signature in the file."""
    stream.seek(0)
    place, piece = 0, b""
    overlap = len(SIGNATURE) - 1
    while more := stream.read(PIECE):
        piece = piece[-overlap:] + more
        base = place + len(more) - len(piece)
        found = piece.find(SIGNATURE)
        while found >= 0:
            yield base + found
            found = piece.find(SIGNATURE, found + 1)
        place += len(more)


def _is_endless(stream: BinaryIO, start: int) -> bool:
    stream.seek(start + len(SIGNATURE))
    size = int.from_bytes(stream.read(8), "little")
    place = HEADER
    while place + HEADER <= size:
        stream.seek(start + place)
        header = stream.read(HEADER)
        if len(header) < HEADER:
            return False  # cut off, which the library sees
        index, _, _, length = struct.unpack("<HHIQ", header)
        # Object 0 is the free space, whose length counts its header. Lengths are of 64 bits.
        step = (length if index == 0 else HEADER + -(-length // 8) * 8) % 2**64
        if step == 0:
            return True
        place += step
    return False
