r"""The uncertainty budget: which source carries how much of a quantity's variance.

Of shares, the closed forms of :mod:`tryptome.estimate.shares` are sums of
independent parts. Of the balance, the parts are first-order, with the
covariance that reads and copies give the two shares. A cofactor is a function of
one share, whose parts it has, also to first order. Of the scenario they are
first-order indices

.. math:: \mathrm{Var}(\mathrm{E}[Y \mid X_j]) / \mathrm{Var}(Y)

for each parameter and each share, where the conditional mean is a polynomial in
the variable's probability; the part of a share is divided as its own variance
is. What is over is the row ``interactions``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from tryptome.estimate.balance import DENOMINATOR, EPSILON, NUMERATOR, covariance_parts
from tryptome.estimate.beta import TINY
from tryptome.estimate.cofactors import VITAMINS
from tryptome.estimate.community import Array, Community, Positions
from tryptome.estimate.inducers import INDUCERS, OTHER_ACIDS, either
from tryptome.estimate.mass.draws import CAPABILITIES, Draws
from tryptome.estimate.mass.metadata import personal, read_columns
from tryptome.estimate.mass.priors import Prior
from tryptome.estimate.mass.scenario import (
    Reference,
    assessable,
    contributions,
    scenario_shares,
)
from tryptome.estimate.shares import (
    Prevalence,
    Shares,
    bacterial_cells,
    missing_squares,
    share_of_cells,
    variance_parts,
)

if TYPE_CHECKING:
    import pandas as pd

SOURCES = ("counts", "copy number", "prevalence", "unresolved taxa")
INTERACTIONS = "interactions"
SCENARIO = ("mass:left", "mass:diverted", "gut_contribution:median", "gut_contribution:inert")
SHARES = {
    **{f"share:{name}": name for name in CAPABILITIES},
    **{f"cofactor:{name}": name for name in VITAMINS},
    **{f"host_drive:{name}": capability for name, capability in INDUCERS.items()},
}
"""Quantities that have the parts of one capability's share."""

DRAWS = 2048
"""Draws of the indices, more than those of the estimates: each fits a polynomial."""

DEGREE = 3
SAMPLES = 200
"""Most samples that are looked at, evenly spread over the cohort."""

PART = 25
"""Samples whose draws are held at a time."""


def budget(
    community: Community,
    prevalence: Prevalence,
    shares: Shares,
    samples: pd.DataFrame,
    *,
    priors: Mapping[str, Prior],
    seed: int,
    least: float,
    reference: Reference | None = None,
) -> pd.DataFrame:
    """Divide the variance of each headline quantity between its sources.

    Parameters
    ----------
    community, prevalence, shares, samples, least, reference
        As for :func:`tryptome.estimate.mass.scenario.scenario`.
    priors : mapping of str to Prior
    seed : int
        Of the draws.

    Returns
    -------
    DataFrame
        ``budget.tsv`` of the output contract: ``quantity``, ``source``, ``mean``,
        ``q05``, ``q95`` (over samples), ``samples``. The means of a quantity add up to 1.
    """
    import pandas as pd

    own = scenario_shares(prevalence, shares)
    middle = Reference.of(own, least) if reference is None else reference
    some = spread_evenly(np.flatnonzero(assessable(own, least)))
    chosen, known = community.rows(some), shares.rows(some)
    parts = share_parts(chosen, prevalence, known)
    at = [prevalence.capabilities.index(name) for name in CAPABILITIES]
    tables = {
        quantity: _named(parts[known.assessable_cells[:, place] >= least, place])
        for quantity, place in _places(prevalence)
    }
    tables |= _other_acids(chosen, prevalence, least)
    tables["precursor_balance"] = _named(balance_parts(chosen, prevalence, known, parts))
    columns = {name: values[some] for name, values in read_columns(samples).items()}
    draws = Draws.of(priors, seed, DRAWS)
    tables |= _scenario_tables(own.rows(some), middle, columns, draws, parts[:, at])
    return pd.concat(
        [_summary(quantity, table) for quantity, table in tables.items()], ignore_index=True
    )


def _places(prevalence: Prevalence) -> list[tuple[str, int]]:
    """Quantities of :data:`SHARES`, and the place of the capability of each."""
    names = prevalence.capabilities
    return [(q, names.index(name)) for q, name in SHARES.items() if name in names]


def _other_acids(
    community: Community, prevalence: Prevalence, least: float
) -> dict[str, dict[str, Array]]:
    """Budget of the share of cells that make either of two acids."""
    if not set(OTHER_ACIDS) <= set(prevalence.capabilities):
        return {}
    union = either(prevalence, OTHER_ACIDS)
    shares = share_of_cells(community, union)
    told = shares.assessable_cells[:, 0] >= least
    return {"host_drive:scfa": _named(share_parts(community, union, shares)[told, 0])}


def spread_evenly(positions: Positions) -> Positions:
    """At most :data:`SAMPLES` of them, evenly."""
    if not len(positions):
        return positions
    return positions[np.unique(np.linspace(0, len(positions) - 1, SAMPLES).astype(np.intp))]


def share_parts(community: Community, prevalence: Prevalence, shares: Shares) -> Array:
    """Variance of each share of all bacterial cells, by source.

    Returns
    -------
    ndarray, shape (samples, capabilities, sources)
        In the order of :data:`SOURCES`.
    """
    found = variance_parts(community, prevalence, shares.mean)
    names = missing_squares(community, prevalence) * prevalence.prior_variance
    zero = np.zeros(shares.mean.shape)
    with np.errstate(invalid="ignore", divide="ignore"):
        scale = (shares.assessable_cells / shares.cells) ** 2
        parts = [found.get(source, zero) * scale for source in SOURCES[:3]]
        return np.stack([*parts, names / bacterial_cells(community) ** 2], axis=-1)


def balance_parts(
    community: Community, prevalence: Prevalence, shares: Shares, parts: Array
) -> Array:
    """Variance of the balance (natural logarithm), by source, to first order.

    Parameters
    ----------
    community, prevalence, shares
    parts : ndarray, shape (samples, capabilities, sources)
        From :func:`share_parts`.

    Returns
    -------
    ndarray, shape (samples, sources)
    """
    pair = [prevalence.capabilities.index(name) for name in (NUMERATOR, DENOMINATOR)]
    slope = 1 / (shares.all_mean[:, pair] + EPSILON)
    together = covariance_parts(community, prevalence, shares, pair)
    covered = shares.assessable_cells[:, pair].prod(axis=1)
    zero = np.zeros(len(shares.mean))
    common = np.stack([together.get(source, zero) * covered for source in SOURCES], axis=-1)
    each = (slope[..., None] ** 2 * parts[:, pair]).sum(axis=1)
    return np.asarray(np.maximum(each - 2 * slope.prod(axis=1)[:, None] * common, 0))


def first_order(values: Array, uniform: Mapping[str, Array]) -> Array:
    """First-order index of each variable.

    Parameters
    ----------
    values : ndarray, shape (samples, draws)
    uniform : mapping of str to ndarray, shape (draws,)
        Independent variables, as probabilities.

    Returns
    -------
    ndarray, shape (samples, variables)
        Not negative, and at most 1 in all.
    """
    centered = values - values.mean(axis=-1, keepdims=True)
    basis = np.stack([_legendre(u) for u in uniform.values()])
    size = values.shape[-1]
    fitted = np.einsum("sd,vkd->svk", centered, basis, optimize=True) / size
    whole = np.maximum((centered**2).mean(axis=-1), TINY)[:, None]
    # Chance alone gives each coefficient 1 / draws of the variance.
    index = np.maximum((fitted**2).sum(axis=-1) / whole - DEGREE / size, 0)
    return np.asarray(index / np.maximum(index.sum(axis=1, keepdims=True), 1))


def _legendre(uniform: Array) -> Array:
    """Orthonormal polynomials of a uniform variable, shape (degrees, draws)."""
    degrees = range(1, DEGREE + 1)
    series = np.polynomial.legendre.legvander(2 * uniform - 1, DEGREE)
    return np.stack([series[:, k] * np.sqrt(2 * k + 1) for k in degrees])


def _scenario_tables(
    own: Shares, middle: Reference, columns: Mapping[str, Array], draws: Draws, parts: Array
) -> dict[str, dict[str, Array]]:
    """Budget of each quantity of :data:`SCENARIO`."""
    typical = middle.drawn(draws)
    index = [
        _indices(own.rows(part), typical, draws, {name: v[part] for name, v in columns.items()})
        for part in (slice(at, at + PART) for at in range(0, max(len(own.mean), 1), PART))
    ]
    return {
        name: _scenario_table(values, draws, parts)
        for name, values in zip(SCENARIO, np.concatenate(index, axis=1), strict=True)
    }


def _indices(own: Shares, typical: Array, draws: Draws, columns: Mapping[str, Array]) -> Array:
    """First-order indices, shape (quantities, samples, variables)."""
    found, beyond = contributions(own, typical, draws, personal(draws.physiology, columns))
    values = (found.left, found.diverted, *beyond)
    return np.stack([first_order(one, draws.uniform) for one in values])


def _scenario_table(index: Array, draws: Draws, parts: Array) -> dict[str, Array]:
    """Indices of one quantity: sources of the shares, parameters, interactions."""
    priors = len(draws.physiology)
    of_shares = np.einsum("sc,scj->sj", index[:, priors:], _fractions(parts))
    table = _sources(of_shares)
    table |= {f"prior:{name}": index[:, n] for n, name in enumerate(draws.physiology)}
    return table | {INTERACTIONS: 1 - sum(table.values(), np.zeros(len(index)))}


def _named(parts: Array) -> dict[str, Array]:
    return _sources(_fractions(parts))


def _sources(parts: Array) -> dict[str, Array]:
    return {source: parts[:, n] for n, source in enumerate(SOURCES)}


def _fractions(parts: Array) -> Array:
    """Parts over their sum; nothing known at all counts as prevalence that is not known."""
    known = np.where(np.isnan(parts), 0, parts)
    total = known.sum(axis=-1, keepdims=True)
    alone = np.zeros(known.shape)
    alone[..., SOURCES.index("prevalence")] = 1
    return np.asarray(np.divide(known, total, out=alone, where=total > 0))


def _summary(quantity: str, table: Mapping[str, Array]) -> pd.DataFrame:
    import pandas as pd

    def over(values: Array, level: float) -> float:
        return float(np.quantile(values, level)) if len(values) else float("nan")

    return pd.DataFrame(
        [
            {
                "quantity": quantity,
                "source": source,
                "mean": float(values.mean()) if len(values) else float("nan"),
                "q05": over(values, 0.05),
                "q95": over(values, 0.95),
                "samples": len(values),
            }
            for source, values in table.items()
        ]
    )
