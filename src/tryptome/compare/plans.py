"""Plans of analysis, worked out once for all quantities that have the same samples."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from tryptome.compare.design import NotEstimableError
from tryptome.compare.selection import Flags, Selection

Planned = TypeVar("Planned")

HELD = 2**19
FEWEST = 2
"""Samples in plans that are kept for other quantities with the same samples, and fewest plans."""


class Plans(Generic[Planned]):
    """Plans of one contrast, by the samples that have a value.

    Parameters
    ----------
    make : callable
        Plan of a selection; may raise :class:`~tryptome.compare.design.NotEstimableError`.
    counts : callable
        Samples of each group of a selection, in words, which the reason ends with.
    """

    def __init__(
        self, make: Callable[[Selection], Planned], counts: Callable[[Selection], str]
    ) -> None:
        self._make = make
        self._counts = counts
        self._found: dict[bytes, Planned | NotEstimableError] = {}

    def of(self, selection: Selection, known: Flags) -> Planned:
        """Plan of the analysis of a selection.

        Parameters
        ----------
        selection : Selection
            The samples that have a value.
        known : ndarray of bool
            Which of the contrast's samples they are.

        Raises
        ------
        NotEstimableError
            With the reason, each time.
        """
        key = known.tobytes()
        if key not in self._found:
            most = max(HELD // max(len(known), 1), FEWEST)
            for older in list(self._found)[: 1 - most]:
                del self._found[older]
            try:
                self._found[key] = self._make(selection)
            except NotEstimableError as reason:
                self._found[key] = NotEstimableError(f"{reason}{self._counts(selection)}")
        found = self._found[key] = self._found.pop(key)  # the last one to go
        if isinstance(found, NotEstimableError):
            raise found
        return found

    def why_not(self, selection: Selection, known: Flags) -> str:
        """Say why a selection cannot be analysed, of which :meth:`of` would raise; else empty."""
        try:
            self.of(selection, known)
        except NotEstimableError as reason:
            return str(reason)
        return ""
