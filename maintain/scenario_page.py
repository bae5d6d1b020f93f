"""Write the tables of docs/scenario.md out of ``resources/physiology`` (``make scenario-page``)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tryptome.atomic import write_text
from tryptome.estimate.mass.checks import ranged
from tryptome.estimate.mass.priors import prior_table
from tryptome.estimate.mass.scenario import RATIOS
from tryptome.paths import resource
from tryptome.tables import read_tsv

PAGE = Path(__file__).parents[1] / "docs" / "scenario.md"
WRITTEN = "(written by `make scenario-page`) -->"


def priors() -> str:
    """Table of the priors, in Markdown."""
    lines = ["| parameter | unit | prior | meaning and note | source |", "|---|---|---|---|---|"]
    for row in prior_table().to_dict("records"):
        numbers = ", ".join(text for text in (row["low"], row["mode"], row["high"]) if text)
        note = " ".join(text for text in (row["meaning"], row["note"]) if text)
        source = "**assumption**" if row["kind"] == "assumption" else _source(row)
        kind = f"{row['distribution']} {numbers}"
        lines.append(f"| `{row['parameter']}` | {row['unit']} | {kind} | {note} | {source} |")
    return "\n".join(lines)


def figures() -> str:
    """Table of the figures of the literature that went into no prior, in Markdown."""
    table = read_tsv(resource("physiology", "literature_figures.tsv"))
    lines = ["| figure | reported | compared with | conversion and note | source |"]
    lines.append("|---|---|---|---|---|")
    for row in table.to_dict("records"):
        compared = f"{row['compares']}/{row['relative_to']}" if row["relative_to"] else ""
        unit = RATIOS.get(compared, "mg tryptophan/day,")
        other = f" of `{row['relative_to']}`:" if row["relative_to"] else ""
        reported = ranged(row["low"], row["high"])
        against = f"{ranged(row['compared_low'], row['compared_high'])} {unit}{other}"
        note = f"{row['conversion']}. {row['note']}" if row["conversion"] else row["note"]
        lines.append(
            f"| {row['figure']} | {reported} {row['unit']} | {against} "
            f"`{row['compares']}` | {note} | {_source(row)} |"
        )
    return "\n".join(lines)


def _source(row: dict[Any, Any]) -> str:
    doi = f" [doi:{row['doi']}](https://doi.org/{row['doi']})" if row["doi"] else ""
    return f"{row['citation']}.{doi} ({row['place']}; {row['seen']})"


def with_tables(text: str) -> str:
    """Put the tables between their markers; all else stays."""
    for name, table in (("priors", priors()), ("figures", figures())):
        begin, end = f"<!-- {name}: begin {WRITTEN}", f"<!-- {name}: end -->"
        before, _, rest = text.partition(begin)
        _, _, after = rest.partition(end)
        text = f"{before}{begin}\n\n{table}\n\n{end}{after}"
    return text


if __name__ == "__main__":
    write_text(PAGE, with_tables(PAGE.read_text(encoding="utf-8")))
