"""The effects that are pooled: each cohort's finding on each question and quantity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tryptome.compare.finding import BETWEEN
from tryptome.compare.terms import chosen

if TYPE_CHECKING:
    import pandas as pd

Columns = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""``pool.metadata``: what each cohort calls a shared column."""

NUMBERS = ("effect", "se", "se_shared", "lower", "upper", "df", "samples", "persons")

EFFECTS = (
    *("question", "quantity", "cohort", "contrast", "scale", *NUMBERS, "weight", "reason"),
    *("kind", "per", "unit", "term"),
)

NAME_ONE = "name one by `term` of the question, under `pool.questions`"


def gather(
    questions: Mapping[str, Mapping[str, Mapping[str, Any]]],
    contrasts: Mapping[str, pd.DataFrame],
    metadata: Columns,
) -> pd.DataFrame:
    """Collect the cohorts' findings.

    Parameters
    ----------
    questions : mapping
        Of each question its ``contrasts`` and the ``terms`` of them that are named, by cohort.
    contrasts : mapping of str to DataFrame
        ``contrasts.tsv`` of each cohort, its numbers as numbers.
    metadata : mapping
        Fields of :class:`tryptome.config.model.PooledColumn`, by shared name and cohort.

    Returns
    -------
    DataFrame
        Columns ``EFFECTS`` but for ``weight``: one row a question, quantity and cohort, quantities
        in the order in which they first occur. ``per`` names columns as all cohorts do,
        ``unit`` is what `metadata` give of them, ``term`` is as the cohort's contrast names it.
        ``reason`` says why an effect cannot
        be pooled, and is empty where it can.
    """
    import pandas as pd

    rows: list[dict[str, Any]] = []
    for question, asked in questions.items():
        named, terms = asked["contrasts"], asked["terms"]
        found = {c: _by_quantity(contrasts[c], name) for c, name in named.items()}
        quantities = dict.fromkeys(q for table in found.values() for q in table)
        for quantity in quantities:
            rows += [
                {"question": question, "quantity": quantity, "cohort": cohort}
                | {
                    "contrast": named[cohort],
                    **_finding(
                        table.get(quantity, []), terms.get(cohort), _shared(metadata, cohort)
                    ),
                }
                for cohort, table in found.items()
            ]
    return pd.DataFrame(rows, columns=[name for name in EFFECTS if name != "weight"])


def _by_quantity(table: pd.DataFrame, contrast: str) -> dict[str, list[dict[str, Any]]]:
    """Rows of a contrast by quantity: one a term, where a formula's category has many levels."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in table[table["contrast"] == contrast].to_dict("records"):
        own = {str(key): cell for key, cell in row.items()}
        found.setdefault(str(own["quantity"]), []).append(own)
    return found


def _shared(metadata: Columns, cohort: str) -> dict[str, tuple[str, str]]:
    """Shared name, and unit or nothing, of each mapped column of a cohort."""
    return {
        str(places[cohort]["column"]): (shared, str(places[cohort]["unit"]))
        for shared, places in metadata.items()
        if cohort in places
    }


def _finding(
    rows: Sequence[Mapping[str, Any]],
    term: str | None,
    shared: Mapping[str, tuple[str, str]],
) -> dict[str, Any]:
    """Numbers of one finding, and why it cannot be pooled."""
    if not rows:
        return {"term": term or "", "reason": "the cohort has no finding on this quantity"}
    at, reason = chosen([str(row["term"]) for row in rows], term)
    if at is None:
        remedy = f"{reason}; {NAME_ONE}" if term is None else reason
        return {"term": term or "", "reason": _refused(rows[0]) or remedy}
    row = rows[at]
    found = {name: row[name] for name in ("term", "scale", "kind", *NUMBERS)}
    columns = [shared.get(one, (one, "")) for one in str(row["per"]).split(BETWEEN)]
    found["per"] = BETWEEN.join(name for name, _ in columns)
    found["unit"] = BETWEEN.join(unit for _, unit in columns if unit)
    reason = _refused(row)
    if not reason and not row["se"] > 0:
        reason = "it is no single effect with a standard error"
    return found | {"reason": reason}


def _refused(row: Mapping[str, Any]) -> str:
    """Why the cohort itself has no effect; empty where it has one."""
    return "" if row["estimable"] == "true" else str(row["reason"]) or "not estimable"
