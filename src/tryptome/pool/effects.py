"""The effects that are pooled: each cohort's finding on each question and quantity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tryptome.compare.finding import BETWEEN

if TYPE_CHECKING:
    import pandas as pd

Columns = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""``pool.metadata``: what each cohort calls a shared column."""

NUMBERS = ("effect", "se", "se_shared", "lower", "upper", "df", "samples", "persons")

EFFECTS = (
    *("question", "quantity", "cohort", "contrast", "scale", *NUMBERS, "weight", "reason"),
    *("kind", "per", "unit"),
)


def gather(
    questions: Mapping[str, Mapping[str, str]],
    contrasts: Mapping[str, pd.DataFrame],
    metadata: Columns,
) -> pd.DataFrame:
    """Collect the cohorts' findings.

    Parameters
    ----------
    questions : mapping
        Of each question, the contrast in each cohort.
    contrasts : mapping of str to DataFrame
        ``contrasts.tsv`` of each cohort, its numbers as numbers.
    metadata : mapping
        Fields of :class:`tryptome.config.model.PooledColumn`, by shared name and cohort.

    Returns
    -------
    DataFrame
        Columns ``EFFECTS`` but for ``weight``: one row a question, quantity and cohort, quantities
        in the order in which they first occur. ``per`` names columns as all cohorts do,
        ``unit`` is what `metadata` give of them. ``reason`` says why an effect cannot
        be pooled, and is empty where it can.
    """
    import pandas as pd

    rows: list[dict[str, Any]] = []
    for question, chosen in questions.items():
        found = {c: _by_quantity(contrasts[c], name) for c, name in chosen.items()}
        quantities = dict.fromkeys(q for table in found.values() for q in table)
        for quantity in quantities:
            rows += [
                {"question": question, "quantity": quantity, "cohort": cohort}
                | {
                    "contrast": chosen[cohort],
                    **_finding(table.get(quantity, []), _shared(metadata, cohort)),
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
    rows: Sequence[Mapping[str, Any]], shared: Mapping[str, tuple[str, str]]
) -> dict[str, Any]:
    """Numbers of one finding, and why it cannot be pooled."""
    if not rows:
        return {"reason": "the cohort has no finding on this quantity"}
    if len(rows) > 1:
        return {"reason": f"the contrast has {len(rows)} terms; a contrast of two levels has one"}
    row = rows[0]
    found = {name: row[name] for name in ("scale", "kind", *NUMBERS)}
    columns = [shared.get(one, (one, "")) for one in str(row["per"]).split(BETWEEN)]
    found["per"] = BETWEEN.join(name for name, _ in columns)
    found["unit"] = BETWEEN.join(unit for _, unit in columns if unit)
    if row["estimable"] != "true":
        reason = str(row["reason"]) or "not estimable"
    elif not row["se"] > 0:
        reason = "it is no single effect with a standard error"
    else:
        reason = ""
    return found | {"reason": reason}
