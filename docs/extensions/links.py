"""Links of pages that are also read in the repository, where they lead out of ``docs/``."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any

LINK = re.compile(r"(?<!!)\[([^\]]*)\]\((?![a-z]+:|#)([^)\s#]+)(#[^)\s]*)?\)")

INCLUDED = {"reference/configuration.md": "config/README.md"}
"""Pages of the site that are files of the repository elsewhere."""


def on_page_markdown(markdown: str, *, page: Any, **_: Any) -> str:
    """Turn the links of one page."""
    here = page.file.src_uri
    source = INCLUDED.get(here, f"docs/{here}")
    if here in INCLUDED:
        markdown = Path(source).read_text(encoding="utf-8")
    return LINK.sub(lambda found: turned(found, source, here), markdown)


def turned(found: re.Match[str], source: str, here: str) -> str:
    """Give a link as the site needs it; what the site lacks is named instead of linked."""
    text, path, anchor = found[1], found[2], found[3] or ""
    target = posixpath.normpath(posixpath.join(posixpath.dirname(source), path))
    for page, original in INCLUDED.items():
        if target == original:
            target = f"docs/{page}"
    if not target.startswith("docs/"):
        return f"{text} (`{target}`)" if target not in text else text
    relative = posixpath.relpath(target, posixpath.join("docs", posixpath.dirname(here)))
    return f"[{text}]({relative}{anchor})"
