"""Counts of the sources beside the base: second opinions, never added to the base's counts.

Which roles stand for which capability is data: ``further_rules.tsv`` of the
knowledge base. Where a source's absences mean nothing (``presence only``), only
what is present is counted, and genomes are as many as positives.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from knowledge_build.evidence import COLUMNS
from knowledge_build.others import Annotated
from knowledge_build.rules import evaluate

COUNTS = "counts"
PRESENCE = "presence only"
RULE = ["capability", "source", "absence", "rule"]


def read_rules(path: Path) -> pd.DataFrame:
    """Read ``further_rules.tsv``: capability, source, absence and rule."""
    rules = pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False)
    wrong = set(rules["absence"]) - {COUNTS, PRESENCE}
    if wrong:
        raise ValueError(f"absence is {COUNTS!r} or {PRESENCE!r}, not {sorted(wrong)}")
    return rules


def count(
    rules: pd.DataFrame, tables: Mapping[str, Annotated], species: Mapping[str, pd.Series]
) -> pd.DataFrame:
    """Count genomes and positives by species, capability and source.

    Parameters
    ----------
    rules : pandas.DataFrame
        As :func:`read_rules` gives.
    tables : mapping
        Sources as read.
    species : mapping
        For each source, the reference species of each of its rows; empty where
        there is none.

    Returns
    -------
    pandas.DataFrame
        Rows of the table ``evidence``, in the order of the rules.
    """
    counted = []
    for capability, source, absence, rule in rules[RULE].to_numpy().tolist():
        called = evaluate(rule, tables[source].roles.__getitem__)
        of = species[source]
        known = of != "" if absence == COUNTS else (of != "") & called
        table = called[known].groupby(of[known]).agg(["size", "sum"])
        table.columns = pd.Index(["genomes", "positives"])
        table = table.rename_axis("species").reset_index()
        counted.append(table.assign(capability=capability, source=source))
    frame: pd.DataFrame = pd.concat(counted, ignore_index=True)[COLUMNS]
    return frame.astype({"genomes": int, "positives": int})


def coverage(species: Mapping[str, pd.Series], reasons: Mapping[str, pd.Series]) -> pd.DataFrame:
    """How many rows of each source are of a reference species, and why the others are not."""
    rows = []
    for source, of in species.items():
        kept = of != ""
        rows.append((source, "", int(kept.sum()), of[kept].nunique()))
        why = reasons[source][~kept].value_counts().sort_index()
        rows += [(source, str(reason), int(n), 0) for reason, n in why.items()]
    return pd.DataFrame(rows, columns=["source", "left_out", "genomes", "species"])
