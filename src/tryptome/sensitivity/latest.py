"""What was worked out last, as much of it as may be held."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Made = TypeVar("Made")


class Latest(Generic[Made]):
    """Keeps the latest of what takes memory for each sample, for all contrasts together.

    Parameters
    ----------
    samples : int
        Samples in all that is kept, were all of the size of the latest.
    fewest : int
        So many are kept, whatever their size; at least 2.

    Examples
    --------
    >>> latest = Latest(samples=6, fewest=2)
    >>> [latest.of(key, 3, lambda key=key: key.upper()) for key in "abac"]
    ['A', 'B', 'A', 'C']
    >>> latest.of("a", 3, lambda: "kept no more"), latest.of("b", 3, lambda: "made anew")
    ('A', 'made anew')
    """

    def __init__(self, samples: int, fewest: int) -> None:
        self._samples, self._fewest = samples, fewest
        self._found: dict[Hashable, Made] = {}

    def of(self, key: Hashable, samples: int, make: Callable[[], Made]) -> Made:
        """What is kept under a key, or else made.

        Parameters
        ----------
        key : hashable
        samples : int
            Of what is made.
        make : callable
        """
        if key not in self._found:
            most = max(self._samples // max(samples, 1), self._fewest)
            for older in list(self._found)[: 1 - most]:
                del self._found[older]
            self._found[key] = make()
        found = self._found[key] = self._found.pop(key)  # the last one to go
        return found
