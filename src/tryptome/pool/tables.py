"""Pooled findings on every question and quantity, and without each cohort in turn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from math import isnan
from typing import TYPE_CHECKING, Any

from tryptome.compare.finding import SLOPE
from tryptome.compare.layout import AGAINST
from tryptome.pool.meta import LEAST_FOR_PREDICTION, Pooled, pool

if TYPE_CHECKING:
    import pandas as pd

SUMMARY = (
    *("effect", "se", "lower", "upper", "p", "se_shared", "plain_se"),
    *("tau2", "tau2_lower", "tau2_upper"),
    *("i2", "cochran_q", "cochran_p", "predicted_lower", "predicted_upper"),
)

POOLED = (
    *("question", "quantity", "family", "scale", "cohorts", *SUMMARY[:5], "q", *SUMMARY[5:]),
    *("samples", "persons", "poolable", "reason", "note", "kind", "per", "unit"),
)

LEAVE_ONE_OUT = (
    *("question", "quantity", "left_out", "cohorts", "effect", "lower", "upper", "p", "tau2"),
    "reason",
)

PAIR = 2

UNLIKE = {
    "scale": "the cohorts' effects are on different scales",
    "kind": "the cohorts' effects are of different kinds",
    "per": "the cohorts' effects are per unit or step of different columns, "
    "as far as `pool.metadata` says",
    "unit": "the cohorts' numbers are in different units, as far as `pool.metadata` says",
}
"""What has to be the same of all effects in one row, and what is said where it is not."""

OPPOSED = "the cohorts compare the same levels the other way round"

NO_UNIT = "taken to be in one unit in all cohorts, since `pool.metadata` gives none: {}"

TWO = (
    "two cohorts: one degree of freedom, so the interval is wide, the variance between cohorts "
    "can hardly be told, and nothing is said of a further cohort"
)
NARROW = (
    "the cohorts agree better than their standard errors let expect: without the correction "
    "the interval would be wider"
)
MANY = 1e8
"""Degrees of freedom from which Student's t is the normal distribution."""

NORMAL = 1.959964
"""95 % point of the normal distribution, by which the uncorrected interval is judged."""


def pool_all(effects: pd.DataFrame, confidence: float) -> pd.DataFrame:
    """Pool every question and quantity.

    Parameters
    ----------
    effects : DataFrame
        Of :func:`tryptome.pool.effects.gather`.
    confidence : float
        Level of the intervals.

    Returns
    -------
    DataFrame
        Columns ``POOLED``. ``q`` is Benjamini-Hochberg's over a question's quantities of a family.
    """
    import pandas as pd

    from tryptome.compare.scale import family

    blocks = effects.groupby(["question", "quantity"], sort=False)
    rows = [
        {"question": question, "quantity": quantity, "family": family(str(quantity))}
        | _row(block, confidence)
        for (question, quantity), block in blocks
    ]
    table = pd.DataFrame(rows, columns=list(POOLED))
    table["q"] = table.groupby(["question", "family"])["p"].transform(_discovery)
    return table


def usable(block: pd.DataFrame) -> pd.DataFrame:
    """Rows of one question and quantity that can be pooled; none where they are unlike.

    Effects are alike where scale, kind, and the unit or step that they are per are the same, and
    where none compares two levels the other way round.
    """
    told = block[block["reason"] == ""]
    alike = all(told[name].nunique() == 1 for name in UNLIKE) and not _opposed(told)
    return told if alike else told.iloc[:0]


def _opposed(told: pd.DataFrame) -> bool:
    """Whether one term is another one turned round, as ``d: B against A`` is of ``d: A against B``.

    The name of the column is left aside: cohorts may give it different ones.
    """
    levels = {str(term).partition(": ")[2] for term in told["term"]}
    pairs = (one.partition(AGAINST) for one in levels if AGAINST in one)
    return any(f"{reference}{AGAINST}{level}" in levels for level, _, reference in pairs)


def estimate(block: pd.DataFrame, confidence: float) -> Pooled:
    """Pool the rows of one question and quantity, as if cohorts shared nothing."""
    return pool(block["effect"].to_numpy(float), block["se"].to_numpy(float), confidence)


def with_shared(found: Pooled, shared: Sequence[float], confidence: float) -> dict[str, Any]:
    """Numbers of a pooled effect, its interval widened by what the cohorts share.

    The cohorts' effects rest on one knowledge base, so its error does not average out over
    them. It is taken as the same error in each, which is the worst case.

    Parameters
    ----------
    found : Pooled
    shared : sequence of float
        Sd of each cohort's effect over what its samples share; NaN where there is none.
    confidence : float
        Level of the interval.

    Returns
    -------
    dict
        Fields of :class:`tryptome.pool.meta.Pooled`, ``cochran_q`` and ``cochran_p`` for ``q`` and
        ``q_p``, and ``se_shared``. As in ``contrasts.tsv``, p is without what is shared.
    """
    from scipy.special import stdtrit

    common = sum(w * s for w, s in zip(found.weights, shared, strict=True) if not isnan(s))
    variance = found.se**2 + common**2
    # Satterthwaite: that of what is shared is known, not estimated.
    df = (found.cohorts - 1) * (variance / found.se**2) ** 2
    half = float(stdtrit(min(df, MANY), (1 + confidence) / 2)) * variance**0.5
    numbers = asdict(found) | {"cochran_q": found.q, "cochran_p": found.q_p, "se_shared": common}
    return numbers | {"lower": found.effect - half, "upper": found.effect + half}


def without_each(effects: pd.DataFrame, confidence: float) -> pd.DataFrame:
    """Pool again with each cohort left out in turn.

    Parameters
    ----------
    effects, confidence
        As in :func:`pool_all`.

    Returns
    -------
    DataFrame
        Columns ``LEAVE_ONE_OUT``: one row a question, quantity and cohort that was pooled.
    """
    import pandas as pd

    rows: list[dict[str, Any]] = []
    for (question, quantity), block in effects.groupby(["question", "quantity"], sort=False):
        used = usable(block)
        for cohort in used["cohort"] if len(used) >= PAIR else ():
            rest = used[used["cohort"] != cohort]
            key = {"question": question, "quantity": quantity, "left_out": cohort}
            rows.append(key | {"cohorts": len(rest)} | _again(rest, confidence))
    return pd.DataFrame(rows, columns=list(LEAVE_ONE_OUT))


def weights(effects: pd.DataFrame) -> pd.Series:
    """Weight of each row of ``effects`` in its pooled effect; missing where it has none."""
    import pandas as pd

    found: dict[Any, float] = {}
    for _, block in effects.groupby(["question", "quantity"], sort=False):
        used = usable(block)
        if len(used) >= PAIR:
            found |= dict(zip(used.index, estimate(used, 0.95).weights, strict=True))
    return pd.Series(found, dtype=float).reindex(effects.index)


def _row(block: pd.DataFrame, confidence: float) -> dict[str, Any]:
    used = usable(block)
    told: dict[str, Any] = {name: _only(block, name) for name in UNLIKE}
    if len(used) < PAIR:
        return told | {"cohorts": len(used), "poolable": "false", "reason": _why_not(block)}
    found = estimate(used, confidence)
    numbers = with_shared(found, list(used["se_shared"]), confidence)
    return (
        told
        | {name: numbers[name] for name in ("cohorts", *SUMMARY)}
        | {"samples": int(used["samples"].sum()), "persons": int(used["persons"].sum())}
        | {"poolable": "true", "reason": "", "note": _note(found, told)}
    )


def _why_not(block: pd.DataFrame) -> str:
    told = block[block["reason"] == ""]
    for name, said in UNLIKE.items():
        if told[name].nunique() > 1:
            return f"{said} ({_listed(told, name)})"
    if _opposed(told):
        return f"{OPPOSED} ({_listed(told, 'term')})"
    reasons = _listed(block[block["reason"] != ""], "reason")
    return f"{len(told)} of {len(block)} cohorts can be pooled, and two are needed ({reasons})"


def _listed(block: pd.DataFrame, column: str) -> str:
    return "; ".join(f"{c}: {text}" for c, text in zip(block["cohort"], block[column], strict=True))


def _only(block: pd.DataFrame, name: str) -> str:
    """What all effects that can be pooled say; empty where they say different things."""
    values = block.loc[block["reason"] == "", name]
    return str(values.iloc[0]) if values.nunique() == 1 else ""


def _note(found: Pooled, told: Mapping[str, str]) -> str:
    notes = [TWO] if found.cohorts < LEAST_FOR_PREDICTION else []
    if SLOPE in told["kind"] and not told["unit"]:
        notes.append(NO_UNIT.format(told["per"]))
    if found.upper - found.effect < NORMAL * found.plain_se:
        notes.append(NARROW)
    return "; ".join(notes)


def _again(rest: pd.DataFrame, confidence: float) -> dict[str, Any]:
    if len(rest) < PAIR:
        return {"reason": "one cohort is left, and its own effect stands in effects.tsv"}
    found = with_shared(estimate(rest, confidence), list(rest["se_shared"]), confidence)
    return {name: found[name] for name in ("effect", "lower", "upper", "p", "tau2")} | {
        "reason": ""
    }


def _discovery(p: pd.Series) -> pd.Series:
    from scipy.stats import false_discovery_control

    q = p.copy().astype(float)
    known = q.notna()
    if known.any():
        q[known] = false_discovery_control(q[known])
    return q
