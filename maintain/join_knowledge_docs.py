"""Join the sections under docs/knowledge/, each written by a script of its own, to one page."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

from tryptome.atomic import write_text

INTRODUCTION = """\
# The knowledge base, measured

How far the reference of taxon and capability can be trusted. Written by the rules
`*_page` of `maintain/Snakefile` from the sections under `docs/knowledge/`; what each source is,
and on what terms, stands in `resources/knowledge/sources.yaml`, and what a name stands for is
shown by `tryptome lookup NAME`.
"""


def main(output: str, *sections: str) -> None:
    """Write the page ``output`` from sections, in the order given."""
    texts = [Path(section).read_text(encoding="utf-8") for section in sections]
    contents = [f"- [{title(text)}](#{anchor(title(text))})" for text in texts]
    parts = [INTRODUCTION, "\n".join(contents) + "\n", *(demoted(text) for text in texts)]
    write_text(output, "\n".join(part.rstrip() + "\n" for part in parts))


def title(text: str) -> str:
    """Heading of a section.

    Raises
    ------
    ValueError
        It does not start with one.
    """
    first = text.splitlines()[0] if text else ""
    if not first.startswith("# "):
        raise ValueError(f"a section starts with {first!r} and not with a heading")
    return first.removeprefix("# ")


def anchor(heading: str) -> str:
    """Address of a heading within the page.

    Examples
    --------
    >>> anchor("Calls by KO rules")
    'calls-by-ko-rules'
    """
    kept = "".join(c for c in heading.lower() if c.isalnum() or c in " -_")
    return kept.replace(" ", "-")


def demoted(text: str) -> str:
    """Put every heading one level down.

    Examples
    --------
    >>> print(demoted("# A" + chr(10) + "b # c"))
    ## A
    b # c
    """
    lines = text.splitlines()
    return "\n".join(f"#{line}" if line.startswith("#") else line for line in lines)


if __name__ == "__main__":
    main(*sys.argv[1:])
