"""How far specifications agree with the main one, and what a conclusion hangs on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tryptome.sensitivity.choices import MAIN

if TYPE_CHECKING:
    import pandas as pd

KEY = ("contrast", "quantity", "term")
"""What the specifications of a finding have in common."""

SUMMARY = (
    *("contrast", "quantity", "term", "effect", "lower", "upper", "p"),
    *("specifications", "estimable", "agree_sign", "agree_significance"),
    *("effect_lowest", "effect_median", "effect_highest", "hangs_on"),
)


def agree(rows: pd.DataFrame, significant: float) -> pd.DataFrame:
    """Add whether each specification agrees with the main one of its contrast, quantity and term.

    Parameters
    ----------
    rows : pandas.DataFrame
        Specifications, with ``effect`` and ``p``, NaN where not estimable.
    significant : float
        Below which p counts as significant.

    Returns
    -------
    pandas.DataFrame
        With ``agrees_sign`` and ``agrees_significance`` (``true``, ``false``, or
        empty where one of the two cannot be estimated).

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"contrast": "c", "quantity": "q", "term": "",
    ...                       "specification": ["main", "x", "y"],
    ...                       "effect": [1.0, 2.0, -0.1], "p": [0.01, 0.04, 0.9]})
    >>> agree(table, 0.05)[["agrees_sign", "agrees_significance"]].to_numpy().tolist()
    [['true', 'true'], ['true', 'true'], ['false', 'false']]
    """
    main = rows[rows["specification"] == MAIN].set_index(list(KEY))
    at = rows.set_index(list(KEY)).index
    effect, p = (main[name].reindex(at).to_numpy(float) for name in ("effect", "p"))
    same_sign = np.sign(rows["effect"].to_numpy(float)) == np.sign(effect)
    same_call = (rows["p"].to_numpy(float) < significant) == (p < significant)
    open_ = np.isnan(effect) | rows["effect"].isna().to_numpy()
    return rows.assign(
        agrees_sign=_flags(same_sign, open_), agrees_significance=_flags(same_call, open_)
    )


def _flags(
    same: np.ndarray[tuple[int], np.dtype[np.bool_]],
    open_: np.ndarray[tuple[int], np.dtype[np.bool_]],
) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    told = np.where(same, "true", "false").astype(object)
    told[open_] = ""
    return told


def summarise(rows: pd.DataFrame) -> pd.DataFrame:
    """Sum up the specifications of each contrast, quantity and term.

    Parameters
    ----------
    rows : pandas.DataFrame
        ``specifications.tsv``.

    Returns
    -------
    pandas.DataFrame
        ``summary.tsv`` (``docs/files.md``), in the order of the rows.
    """
    import pandas as pd

    table = [_one(block) for _, block in rows.groupby(list(KEY), sort=False)]
    return pd.DataFrame(table, columns=list(SUMMARY))


def _one(block: pd.DataFrame) -> dict[str, object]:
    main = block[block["specification"] == MAIN].iloc[0]
    others = block[block["specification"] != MAIN]
    told = others.dropna(subset=["effect"])
    compared = told[told["agrees_sign"] != ""]
    return {
        **{name: main[name] for name in (*KEY, "effect", "lower", "upper", "p")},
        "specifications": len(others),
        "estimable": len(told),
        "agree_sign": (compared["agrees_sign"] == "true").mean(),
        "agree_significance": (compared["agrees_significance"] == "true").mean(),
        "effect_lowest": told["effect"].min(),
        "effect_median": told["effect"].median(),
        "effect_highest": told["effect"].max(),
        "hangs_on": "; ".join(hinges(others)),
    }


def hinges(others: pd.DataFrame) -> list[str]:
    """Single choices that, made otherwise, change the conclusion or take it away.

    Parameters
    ----------
    others : pandas.DataFrame
        Specifications of one finding, without the main one.
    """
    single = others[others["changed"] == 1]
    lost = (single["agrees_sign"] == "false") | (single["agrees_significance"] == "false")
    return list(single.loc[lost | single["effect"].isna(), "specification"])
