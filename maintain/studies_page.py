"""Run every study again and write the table of docs/studies.md (``make studies``)."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from tryptome.atomic import write_text
from tryptome.cli import main as command
from tryptome.studies.load import load, names
from tryptome.studies.model import Study
from tryptome.studies.run import VERDICTS
from tryptome.tables import read_tsv

PAGE = Path(__file__).parents[1] / "docs" / "studies.md"
BEGIN = "<!-- verdicts: begin (written by `make studies`) -->"
END = "<!-- verdicts: end -->"


def section(name: str, study: Study, rows: list[dict[str, Any]]) -> str:
    """One study with the verdicts on its statements, in Markdown."""
    doi = f" [doi:{study.doi}](https://doi.org/{study.doi})" if study.doi else ""
    lines = [f"### `{name}`: {study.title.partition(': ')[2]}", ""]
    lines += [f"{' '.join(study.citation.split())}{doi}", "", " ".join(study.data.split()), ""]
    if rows:
        lines += [
            "| published | direction | ours | compared with | verdict |",
            "|---|---|---|---|---|",
        ]
        lines += [_row(row) for row in rows]
        lines.append("")
    else:
        lines += ["No published statement is compared.", ""]
    if study.unseen:
        lines += [f"Not compared: {' '.join(study.unseen.split())}", ""]
    return "\n".join(lines)


def with_verdicts(text: str, sections: list[str]) -> str:
    """Put the sections between their markers; all else stays."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n" + "\n".join(sections) + f"\n{END}{after}"


def _row(row: dict[str, Any]) -> str:
    size = f" ({row['published_size']})" if row["published_size"] else ""
    ours = measure = ""
    if row["effect"]:
        effect, lower, upper = (float(row[name]) for name in ("effect", "lower", "upper"))
        ours = f"{effect:+.2f} ({lower:+.2f} to {upper:+.2f}) {row['scale']}"
        measure = f"{row['compared_with']}, contrast `{row['contrast']}`"
    why = f": {row['why']}" if row["why"] else ""
    published = f"{row['statement']} ({row['place']}; {row['seen']})"
    direction = f"{row['published_direction']}{size}"
    return f"| {published} | {direction} | {ours} | {measure} | **{row['verdict']}**{why} |"


def main() -> int:
    """Run the studies in the working directory, and write the page."""
    sections = []
    for name in names():
        status = command(["reproduce", name])
        if status:
            return status
        table = read_tsv(Path("results", "studies", name, VERDICTS))
        rows = [{str(key): cell for key, cell in row.items()} for row in table.to_dict("records")]
        sections.append(section(name, load(name)[1], rows))
    write_text(PAGE, with_verdicts(PAGE.read_text(encoding="utf-8"), sections))
    return 0


if __name__ == "__main__":
    sys.exit(main())
