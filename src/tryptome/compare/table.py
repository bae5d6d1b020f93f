"""Rows of ``contrasts.tsv``: effects with intervals, and p values adjusted within families."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tryptome.compare.design import Array
from tryptome.compare.finding import Finding
from tryptome.compare.regression import Estimate
from tryptome.compare.scale import family, scale_of

CONTRASTS = (
    *(
        "contrast",
        "quantity",
        "term",
        "family",
        "scale",
        "effect",
        "se",
        "se_shared",
        "lower",
        "upper",
    ),
    *("df", "p", "q", "p_model", "p_permutation", "permutations", "p_joint", "detectable"),
    *("mean_reference", "mean_level", "difference"),
    *("samples", "persons", "left_out", "model", "estimable", "reason", "notes", "kind", "per"),
    "q_joint",
)

ALPHA = 0.05
"""Two-sided level at which :func:`detectable` asks."""

POWER = 0.8


def rows(
    name: str,
    found: Mapping[str, Sequence[Finding]],
    means: Mapping[str, Array],
    units: Mapping[str, str],
    shared: Mapping[tuple[str, str], float | None],
    confidence: float,
) -> list[dict[str, Any]]:
    """Rows of one contrast, without ``q``.

    Parameters
    ----------
    name : str
    found : mapping
        Findings on each quantity, one a term.
    means : mapping of str to ndarray, shape (all samples,)
        Each quantity in its own unit.
    units : mapping of str to str
    shared : mapping
        Sd of the effect on each quantity and term over what samples share.
    confidence : float
        Level of the intervals.

    Returns
    -------
    list of dict
        One a quantity and term.
    """
    return [
        {
            "contrast": name,
            "quantity": quantity,
            "term": finding.term,
            "family": family(quantity),
            "scale": scale_of(quantity, units[quantity]),
            **_counts(finding),
            **_numbers(finding, shared.get((quantity, finding.term)), confidence),
            **_group_means(finding, means[quantity]),
        }
        for quantity, findings in found.items()
        for finding in findings
    ]


def _counts(finding: Finding) -> dict[str, Any]:
    return {
        "samples": len(finding.selection),
        "persons": finding.selection.persons,
        "left_out": finding.selection.left_out,
        "estimable": "true" if finding.estimate is not None else "false",
        "reason": finding.reason,
        "notes": finding.notes,
        "kind": finding.kind,
        "per": finding.per,
    }


def _numbers(finding: Finding, shared: float | None, confidence: float) -> dict[str, Any]:
    estimate = finding.estimate
    if estimate is None:
        return {}
    half = half_width(estimate, shared or 0.0, confidence)
    return {
        "effect": estimate.effect,
        "se": estimate.se,
        "se_shared": shared,
        "lower": estimate.effect - half,
        "upper": estimate.effect + half,
        "df": estimate.df,
        "p": finding.p,
        "p_model": finding.p_model,
        "p_joint": finding.p_joint,
        "p_permutation": finding.p_permutation,
        "permutations": finding.permutations,
        "detectable": detectable(estimate.se, estimate.df),
        "model": estimate.model,
    }


def half_width(estimate: Estimate, shared: float, confidence: float) -> float:
    """Half the width of the interval of an effect.

    Parameters
    ----------
    estimate : Estimate
    shared : float
        Sd of the effect over what samples share, in the effect's unit.
    confidence : float

    Returns
    -------
    float
        The two variances are added, with Satterthwaite's degrees of freedom for the
        sum: that of what is shared is known, not estimated.
    """
    from scipy.special import stdtrit

    variance = estimate.se**2 + shared**2
    df = estimate.df * (variance / estimate.se**2) ** 2
    return float(stdtrit(df, (1 + confidence) / 2) * np.sqrt(variance))


def detectable(se: float, df: float) -> float:
    """Effect that a test at :data:`ALPHA` would have found with :data:`POWER`.

    Parameters
    ----------
    se, df : float
        Standard error of the effect and its degrees of freedom.

    Returns
    -------
    float
        In the unit of ``se``: the noncentrality of Student's t at that power, times ``se``.

    Examples
    --------
    With many degrees of freedom it is (1.96 + 0.84) standard errors.

    >>> round(detectable(1.0, 1e6), 2), round(detectable(1.0, 5), 2)
    (2.8, 3.51)
    """
    from scipy.special import nctdtrinc, stdtrit

    return float(nctdtrinc(df, 1 - POWER, stdtrit(df, 1 - ALPHA / 2)) * se)


def _group_means(finding: Finding, values: Array) -> dict[str, float]:
    """Means of the groups in the quantity's own unit, where each group has samples."""
    weights = finding.weights if finding.estimate is not None else None
    if weights is None:
        return {}
    used = values[finding.selection.rows]
    difference = {"difference": float(weights.difference @ used)}
    if not weights.of_groups:
        return difference
    return difference | {
        "mean_reference": float(weights.reference @ used),
        "mean_level": float(weights.level @ used),
    }


def adjust(rows: Sequence[dict[str, Any]]) -> None:
    """Add ``q`` and ``q_joint`` of one contrast: Benjamini-Hochberg's, over each family.

    Parameters
    ----------
    rows : sequence of dict
        Of all its quantities; those of one quantity have one ``p_joint``.

    Examples
    --------
    >>> found = [
    ...     {"family": "a", "quantity": name, "term": term, "p": p, "p_joint": joint}
    ...     for name, term, p, joint in (
    ...         ("x", "one", 0.01, 0.01), ("x", "other", 0.02, 0.01), ("y", "one", 0.04, 0.04),
    ...         ("z", "one", None, None),
    ...     )
    ... ]
    >>> adjust(found)
    >>> [round(row["q"], 3) for row in found[:3]], [row["q_joint"] for row in found[:3]]
    ([0.03, 0.03, 0.04], [0.02, 0.02, 0.04])
    >>> "q" in found[3]
    False
    """
    _adjust(rows, "p", "q", by=("quantity", "term"))
    _adjust(rows, "p_joint", "q_joint", by=("quantity",))


def _adjust(rows: Sequence[dict[str, Any]], p: str, q: str, *, by: tuple[str, ...]) -> None:
    """Adjust a column within families; rows alike in some other columns are one test."""
    from scipy.stats import false_discovery_control

    families: dict[str, dict[tuple[str, ...], list[dict[str, Any]]]] = {}
    for row in rows:
        if row.get(p) is not None:
            tests = families.setdefault(row["family"], {})
            tests.setdefault(tuple(row[name] for name in by), []).append(row)
    for tests in families.values():
        adjusted = false_discovery_control([alike[0][p] for alike in tests.values()])
        for alike, value in zip(tests.values(), adjusted, strict=True):
            for row in alike:
                row[q] = float(value)
