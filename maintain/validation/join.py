"""Join the sections under docs/validation/ to docs/validation.md."""

from __future__ import annotations

import sys
from pathlib import Path

from join_knowledge_docs import anchor, demoted, title
from tryptome.atomic import write_text

INTRODUCTION = """\
# How far the estimates can be trusted

Accuracy against what was measured, calibration against planted truth, and the behaviour of
contrasts where there is and where there is not a difference. Written by `make validation` from the
sections under `docs/validation/`, each of which is written by a program of `maintain/`.
"""


def main(output: str, *sections: str) -> None:
    """Write the page ``output`` from sections, in the order given."""
    texts = [Path(section).read_text(encoding="utf-8") for section in sections]
    contents = [f"- [{title(text)}](#{anchor(title(text))})" for text in texts]
    parts = [INTRODUCTION, "\n".join(contents) + "\n", *(demoted(text) for text in texts)]
    write_text(output, "\n".join(part.rstrip() + "\n" for part in parts))


if __name__ == "__main__":
    main(*sys.argv[1:])
