"""The page of all errors, ``docs/errors.md``, out of their classes (``make errors``)."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path

from tryptome import errors
from tryptome.errors import TryptomeError

PAGE = Path(__file__).resolve().parents[1] / "docs" / "errors.md"

HEAD = """\
# Errors

Written by `make errors` from `src/tryptome/errors.py`.

What a user can mend is refused with one of these errors, never with a traceback.
Each message says where it is wrong (file, and line, column or id), what is wrong,
how to mend it, and the code by which this page explains it:

```
{example}
```

`tryptome check` and `tryptome run` then end with status 2, before any job. Each
error is a class of `tryptome.errors` with the attributes `code`, `place`, `what`
and `remedy`; all are a `TryptomeError`, and those of input files an `InputError`.
A message of a configuration with several problems names the first and lists the
others.

| code | class | meaning | what to do |
|---|---|---|---|
"""


def kinds() -> Iterator[type[TryptomeError]]:
    """Every class of error, sorted by code.

    Examples
    --------
    >>> [kind.code for kind in kinds()][:3]
    ['T000', 'T100', 'T200']
    """
    found = [
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, TryptomeError)
    ]
    return iter(sorted(found, key=lambda kind: kind.code))


def page() -> str:
    """Write the page."""
    example = errors.ValueProblemError(
        "`n.d.` is not a number",
        place="table.tsv, line 12 (`Otu00011`), column `S4`",
        remedy="write 0 for a taxon that was looked for and not found; leave out what was not "
        "measured",
    )
    return HEAD.format(example=f"Error: {example}") + "".join(map(_row, kinds()))


def _row(kind: type[TryptomeError]) -> str:
    meaning = " ".join((inspect.getdoc(kind) or "").split("\n\n")[0].split())
    return f"| {kind.code} | `{kind.__name__}` | {meaning} | {kind.advice} |\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
