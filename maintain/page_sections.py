"""Sections of a page that programs write, each between markers of its own."""

from __future__ import annotations

from pathlib import Path


def put(path: Path, name: str, text: str) -> None:
    r"""Replace a section of a page; all else stays.

    Parameters
    ----------
    path : pathlib.Path
        A Markdown file with the lines ``<!-- NAME: begin … -->`` and ``<!-- NAME: end -->``.
    name : str
        Name of the section.
    text : str
        What comes between the two lines.

    Raises
    ------
    ValueError
        The page lacks one of the two lines.

    Examples
    --------
    >>> import tempfile
    >>> page = Path(tempfile.mkdtemp()) / "page.md"
    >>> _ = page.write_text("A\n<!-- b: begin (written by C) -->\nold\n<!-- b: end -->\nD\n")
    >>> put(page, "b", "new")
    >>> page.read_text()
    'A\n<!-- b: begin (written by C) -->\nnew\n<!-- b: end -->\nD\n'
    """
    lines = path.read_text(encoding="utf-8").splitlines()
    begin = next((i for i, line in enumerate(lines) if line.startswith(f"<!-- {name}: begin")), -1)
    end = next((i for i, line in enumerate(lines) if line == f"<!-- {name}: end -->"), -1)
    if not 0 <= begin < end:
        raise ValueError(f"{path}: the markers of the section {name} are missing")
    whole = [*lines[: begin + 1], *text.strip("\n").splitlines(), *lines[end:]]
    path.write_text("\n".join(whole) + "\n", encoding="utf-8")
