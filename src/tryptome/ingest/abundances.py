"""What a reader hands on: abundances of features in samples, as they stand in the file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tryptome.ingest.cells import Rows

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

FEATURES_AS_ROWS = "features_as_rows"
SAMPLES_AS_ROWS = "samples_as_rows"


@dataclass(frozen=True)
class Abundances:
    """A table as it was read, not yet checked.

    Attributes
    ----------
    cells : Rows
        Features x samples; a large table stays in its file.
    features, samples : list of str
        Ids, as in the file.
    lineages : list of str or None
        One a feature, as in the file, where the table holds any.
    place : str
        The file, for messages.
    format : str
        What was recognised, in words.
    orientation : str
        ``features_as_rows`` or ``samples_as_rows``, as in the file.
    notes : tuple of str
        What a user should know of how the file was read.
    declared : str
        ``counts`` or ``relative`` where the file says so itself; else empty.
    about_samples : list of list of str
        What the table itself says of its samples: names of columns, that of the ids first, then
        one row a sample. Empty where it says nothing.
    accounts : dict
        What the ledger should hold of this format: rows that were not used, and why.
    """

    cells: Rows
    features: list[str]
    samples: list[str]
    lineages: list[str] | None
    place: str
    format: str
    orientation: str = FEATURES_AS_ROWS
    notes: tuple[str, ...] = ()
    declared: str = ""
    about_samples: list[list[str]] = field(default_factory=list)
    accounts: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def values(self) -> csr_matrix:
        """Features x samples, as SciPy's matrix, all of it in memory."""
        return self.cells.matrix()


@dataclass(frozen=True)
class Hints:
    """What is known before a table is read that helps to tell its rows from its columns.

    Attributes
    ----------
    orientation : str
        ``auto``, ``features_as_rows`` or ``samples_as_rows``, as configured.
    delimiter, decimal : str
        ``auto``, or names out of :mod:`tryptome.ingest.fields`, as configured.
    id_column, lineage_column : str or None
        Columns of a delimited table, as configured.
    rank : str
        ``auto`` or the rank to use where rows repeat the same reads at every rank.
    label : str or None
        The label to use of a mothur table with several.
    samples, features : frozenset of str
        Values of the metadata, and ids of the taxonomy.
    """

    orientation: str = "auto"
    delimiter: str = "auto"
    decimal: str = "auto"
    id_column: str | None = None
    lineage_column: str | None = None
    rank: str = "auto"
    label: str | None = None
    samples: frozenset[str] = field(default=frozenset())
    features: frozenset[str] = field(default=frozenset())


@dataclass(frozen=True)
class Reader:
    """One format.

    Attributes
    ----------
    name : str
        What the format is called, in messages.
    recognise : callable
        Given the first bytes of a file (unpacked, without byte order mark), says by what the
        format shows in them, in words; None where it does not.
    read : callable
        Reads a file of this format.
    """

    name: str
    recognise: Callable[[bytes], str | None]
    read: Callable[[Path, Hints], Abundances]
