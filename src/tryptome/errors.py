"""Errors that a user can mend.

Every error carries what is wrong, where, and how to mend it, so that no
traceback ever has to reach a user for something the user did.
"""

from __future__ import annotations


class TryptomeWarning(UserWarning):
    """Something a user should know that does not stop the run."""


class TryptomeError(Exception):
    """Base of every error that a user can mend.

    Parameters
    ----------
    what : str
        What is wrong, in one sentence.
    place : str, optional
        File, and line, column or id, where it is wrong.
    remedy : str, optional
        What the user can do about it.

    Examples
    --------
    >>> print(InputError("no samples", place="table.tsv", remedy="check the delimiter"))
    table.tsv: no samples
      To mend it: check the delimiter [T200]
    """

    code = "T000"

    def __init__(self, what: str, *, place: str = "", remedy: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.place = place
        self.remedy = remedy

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        mend = f"\n  To mend it: {self.remedy}" if self.remedy else ""
        return f"{where}{self.what}{mend} [{self.code}]"

    def __reduce__(self) -> tuple[object, ...]:
        # Exceptions with keyword arguments do not survive pickling by default.
        return (_rebuild, (type(self), self.what, self.place, self.remedy))


def _rebuild(kind: type[TryptomeError], what: str, place: str, remedy: str) -> TryptomeError:
    return kind(what, place=place, remedy=remedy)


class ConfigError(TryptomeError):
    """The configuration has an unknown key, a wrong type or a missing value."""

    code = "T100"


class InputError(TryptomeError):
    """An input file cannot be used as it is."""

    code = "T200"


class MissingFileError(InputError):
    """An input file does not exist, is a folder, or cannot be read."""

    code = "T201"


class FormatError(InputError):
    """An input file is not in a format that tryptome reads, or is damaged."""

    code = "T202"


class ValueProblemError(InputError):
    """A table holds values that are no abundances (negative, NaN, infinite, text)."""

    code = "T203"


class DuplicateIdError(InputError):
    """An id that must be unique occurs more than once."""

    code = "T204"


class MismatchError(InputError):
    """Ids of two inputs that belong together do not match."""

    code = "T205"


class EmptyTableError(InputError):
    """A table holds no samples, no features, or no counts at all."""

    code = "T206"


class ContrastError(TryptomeError):
    """A contrast names a column or level that the metadata do not have."""

    code = "T300"


class OutputError(TryptomeError):
    """Results cannot be written, or are in use by another run."""

    code = "T400"


class NameNotFoundError(TryptomeError):
    """The knowledge base has no taxon or capability of this name."""

    code = "T500"
