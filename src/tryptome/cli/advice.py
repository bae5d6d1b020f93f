"""Lines that a user may add to the configuration of a cohort, out of what was found in it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tryptome.cli.findings import Findings
from tryptome.cli.levels import Proposal, person_column, proposals
from tryptome.cli.quoting import quoted
from tryptome.ingest.matching import Rule

MAX_PROPOSALS = 4
LONGEST_NAME = 40


def lines_to_add(findings: Findings) -> list[str]:
    """Write what could be configured, as YAML below the cohort's name.

    Parameters
    ----------
    findings : Findings
        Of a cohort that could be read.

    Returns
    -------
    list of str
        Lines of YAML; none where nothing is open.
    """
    cohort, config = findings.cohort, findings.config
    assert cohort is not None
    lines = [*_layout(findings)]
    proposed = cohort.ledger.get("sample_ids_proposed")
    if proposed:
        lines.append(Rule(**proposed["rule"]).setting())
    person = person_column(cohort.samples)
    if person and config.subject_column is None:
        lines.append(f"subject_column: {quoted(person)}")
    types = cohort.ledger["column_types"]
    found = [] if config.contrasts else proposals(cohort.samples, types)[:MAX_PROPOSALS]
    if found:
        lines.append("contrasts:")
        named: dict[str, Proposal] = {}
        for proposal in found:
            named.setdefault(contrast_name(proposal.column), proposal)
        lines += (line for name, one in named.items() for line in _contrast(name, one))
    return lines


def _layout(findings: Findings) -> Iterator[str]:
    """Keys of the layout that had to be assumed."""
    assert findings.cohort is not None
    ledger = findings.cohort.ledger
    for key, start in (("orientation", f"{ledger['orientation'].split('_')[0]} are rows: assumed"),
                       ("values", f"{ledger['values']}: assumed")):  # fmt: skip
        if any(note.startswith(start) for note in ledger["notes"]):
            yield f"{key}: {ledger[key]}  # assumed; change it if it is wrong"


def _contrast(name: str, proposal: Proposal) -> Iterator[str]:
    yield f"  {name}:"
    yield f"    column: {quoted(proposal.column)}"
    yield f"    reference: {quoted(proposal.reference)}"
    yield f"    level: {quoted(proposal.level)}"


def contrast_name(column: str) -> str:
    """Name of a proposed contrast: its column, made a valid name.

    Examples
    --------
    >>> contrast_name("Study.Group (1)")
    'Study_Group_1'

    YAML reads some words as no text.

    >>> contrast_name("No"), contrast_name("2020")
    ('by_No', 'by_2020')
    """
    import yaml

    name = re.sub(r"[^A-Za-z0-9]+", "_", column).strip("_")[:LONGEST_NAME]
    if not name:
        return "contrast"
    return name if isinstance(yaml.safe_load(name), str) else f"by_{name}"
