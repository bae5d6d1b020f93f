"""Hold every further source against the base source of each capability; write a page of tables."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

from tryptome.atomic import write_text
from tryptome.knowledge.base import KnowledgeBase
from tryptome.knowledge.conflicts import BASE, Opinion, conflicts

MOST = 12
"""Most species of a conflict that the page names."""

PAGE = """\
# Sources side by side

Written by `maintain/compare_sources.py`. Each capability rests on one base source; the others
stand beside it, and their counts are never added, since they share genomes (AGORA2 and mcSEED
1,456). They are compared species by species, over the species that both know. Where a source
counts absences, the two agree on a species if most of its genomes have the capability in both,
or in neither; a source of presences agrees where the base source has at least one positive
genome. `tryptome lookup NAME` shows the same for any name.

| capability | source | evidence | absences | species | compared | agree |
| --- | --- | --- | --- | --- | --- | --- |
{rows}

## Conflicts by name

At most {most} species of each; `tryptome lookup` knows all.

{conflicts}
"""


def main(folder: str, output: str) -> None:
    """Compare the sources of the knowledge base in ``folder`` and write ``output``."""
    knowledge = KnowledgeBase(Path(folder))
    found = conflicts(knowledge.species["species"].tolist(), knowledge)
    others = [opinion for opinion in found if opinion.verdict != BASE]
    rows = "\n".join(map(_row, others))
    write_text(output, PAGE.format(rows=rows, most=MOST, conflicts="\n".join(_conflicts(others))))


def _row(opinion: Opinion) -> str:
    absences = "mean nothing" if opinion.presence_only else "count"
    agree = "no species in common"
    if opinion.compared:
        agree = f"{1 - len(opinion.conflicting) / opinion.compared:.1%}"
    cells = [f"`{opinion.capability}`", f"`{opinion.source}`", opinion.evidence, absences]
    cells += [f"{opinion.species:,}", f"{opinion.compared:,}", agree]
    return f"| {' | '.join(cells)} |"


def _conflicts(opinions: list[Opinion]) -> Iterator[str]:
    for opinion in opinions:
        names = opinion.conflicting
        if names:
            more = f" and {len(names) - MOST:,} more" if len(names) > MOST else ""
            shown = ", ".join(f"*{name}*" for name in names[:MOST])
            yield f"- `{opinion.capability}`, `{opinion.source}`: {shown}{more}"


if __name__ == "__main__":
    main(*sys.argv[1:3])
