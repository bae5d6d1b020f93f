"""Errors that a user can mend.

Every error carries what is wrong, where, and how to mend it, so that no
traceback ever has to reach a user for something the user did.
"""

from __future__ import annotations

from typing import ClassVar


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

    code: ClassVar[str] = "T000"
    advice: ClassVar[str] = "Do what the message says under `To mend it`."
    """What to do about any error of this kind; the message of each says it closer."""

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
    advice = "Correct the key that the message names; config/README.md describes all of them."


class InputError(TryptomeError):
    """An input file cannot be used as it is."""

    code = "T200"
    advice = "Correct the file that the message names, or export it again."


class MissingFileError(InputError):
    """An input file does not exist, is a folder, or cannot be read."""

    code = "T201"
    advice = (
        "Correct the path, or the permissions of the file and of its folders. Paths in a "
        "configuration start from the working directory."
    )


class FormatError(InputError):
    """An input file is not in a format that tryptome reads, or is damaged."""

    code = "T202"
    advice = (
        "Export the table again as BIOM, TSV or CSV in UTF-8. A file that a program has just "
        "written and that is refused here was mostly cut off on its way."
    )


class ValueProblemError(InputError):
    """A table holds values that are no abundances (negative, NaN, infinite, text)."""

    code = "T203"
    advice = (
        "Give counts of reads or relative abundances, before any logarithm or centring. Write"
        " 0 for what was looked for and not found."
    )


class DuplicateIdError(InputError):
    """An id that must be unique occurs more than once."""

    code = "T204"
    advice = (
        "Give each sample, feature or column an id of its own, or merge those that are one. "
        "Nothing is merged unasked."
    )


class MismatchError(InputError):
    """Ids of two inputs that belong together do not match."""

    code = "T205"
    advice = (
        "Correct the ids on one side, or switch on the rule that the message proposes. Ids "
        "are compared exactly and never altered unasked."
    )


class EmptyTableError(InputError):
    """A table holds no samples, no features, or no counts at all."""

    code = "T206"
    advice = "Export the table again, from before it was filtered to nothing."


class ContrastError(TryptomeError):
    """A contrast names a column or level that the metadata do not have.

    Attributes
    ----------
    contrast : str
        Its name, where a level is not there; else empty.
    level : str or None
        That level.
    """

    contrast: str = ""
    level: str | None = None
    code = "T300"
    advice = (
        "Choose among the columns and levels that the message lists; `tryptome check` lists all."
    )


class OutputError(TryptomeError):
    """Results cannot be written, or are in use by another run."""

    code = "T400"
    advice = "Check permissions and free space of the folder, and that no other run uses it."


class NameNotFoundError(TryptomeError):
    """The knowledge base has no taxon or capability of this name."""

    code = "T500"
    advice = "Look the name up with `tryptome lookup`."
