"""The stage ``compare``: do groups differ, and who drives it?"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tryptome.compare.design import Array, declared, with_categories
from tryptome.compare.drivers import Community
from tryptome.compare.driving import Difference, drivers_of
from tryptome.compare.finding import Finding
from tryptome.compare.ready import ready
from tryptome.compare.scale import BALANCE, SHARE, tested, to_scale, without_repeats
from tryptome.compare.scenario import Physiology
from tryptome.compare.shared import DRAWS, Shared
from tryptome.compare.table import CONTRASTS, SharedError, rows
from tryptome.contrasts import check_contrasts
from tryptome.tables import read_biom, read_parquet, read_tsv, write_tsv
from tryptome.values import Values, read_values

if TYPE_CHECKING:
    import pandas as pd

LOG = logging.getLogger(__name__)

DRIVERS = (
    *("contrast", "quantity", "taxon", "part", "share", "term"),
    *("lower", "upper", "difference_without"),
)


def run(
    samples: str,
    ledger: str,
    composition: str,
    capabilities: str,
    copy_number: str,
    quantities: str,
    contrasts_out: str,
    drivers_out: str,
    *,
    contrasts: Mapping[str, Mapping[str, Any]],
    subject_column: str | None,
    seed: int,
    confidence: float,
    drivers: int,
    copy_number_correction: bool,
    mass_balance: Mapping[str, Any] | None = None,
) -> None:
    """Compare the groups of every contrast on every quantity.

    Parameters
    ----------
    samples, ledger : str
        ``samples.tsv`` and ``ledger.json`` of the stage ``ingest``.
    composition, quantities : str
        ``composition.biom`` and ``quantities.parquet`` of the stage ``estimate``.
    capabilities, copy_number : str
        ``capabilities.parquet`` and ``copy_number.parquet`` of the stage ``annotate``.
    contrasts_out, drivers_out : str
        ``contrasts.tsv`` and ``drivers.tsv`` (``docs/files.md``).
    contrasts : mapping
        Fields of :class:`tryptome.config.model.Contrast` under the name of each contrast.
    subject_column : str or None
        Metadata column that tells persons apart.
    seed : int
        Of the permutations.
    confidence : float
        Of the intervals of effects.
    drivers : int
        Most taxa listed per contrast and quantity.
    copy_number_correction : bool
        Whether reads were divided by 16S copies.
    mass_balance : mapping, optional
        Priors of the user's own, as for the stage ``estimate``.

    Raises
    ------
    ContrastError
        A contrast names a column or level that the metadata do not have.
    """
    metadata = read_tsv(samples)
    check_contrasts(contrasts, metadata, subject_column=subject_column, place=samples)
    metadata = with_categories(metadata, declared(ledger))
    estimates = read_values(quantities, wanted=lambda name: bool(tested([name])))
    names = list(metadata["sample"])
    means = _tested(estimates.of(names))
    untold = untold_everywhere(estimates)
    units = dict(zip(estimates.quantities, estimates.units, strict=True))
    annotation = read_parquet(capabilities)
    community = Community.of(read_biom(composition), annotation, names)
    shared = Shared.of(
        community,
        annotation,
        read_parquet(copy_number),
        correct=copy_number_correction,
        seed=seed,
        physiology=Physiology.of(metadata, mass_balance, seed, DRAWS),
    )
    table: list[dict[str, Any]] = []
    parts: list[pd.DataFrame] = []
    for name, contrast in contrasts.items():
        find = ready(name, contrast, metadata, subject_column, seed)
        found = {q: find(to_scale(q, values)) for q, values in means.items()}
        found |= {q: [replace(found[q][0], reason=why)] for q, why in untold.items()}
        table += rows(name, found, means, units, _shared_error(shared), confidence)
        parts += _drivers(name, found, means, community, drivers, confidence)
        LOG.info("%s: %s", name, _summary(found))
    write_tsv(_table(table, CONTRASTS), contrasts_out)
    write_tsv(_joined(parts), drivers_out)


def _shared_error(shared: Shared) -> SharedError:
    """Sd of effects over what samples share, ready for each finding."""

    def error(quantity: str, finding: Finding) -> float | None:
        if finding.estimate is None:
            return None
        return shared.se(quantity, finding.selection.rows, finding.estimate.weights)

    return error


def _tested(estimates: Values) -> dict[str, Array]:
    """Posterior means of each quantity that is tested."""
    means = estimates.by_name()
    return without_repeats({name: means[name] for name in tested(estimates.quantities)})


def untold_everywhere(estimates: Values) -> dict[str, str]:
    """Quantities that no sample has a value of, with the reason where it is one for all.

    Parameters
    ----------
    estimates : Values

    Examples
    --------
    >>> import numpy as np
    >>> mean, reason = np.full((2, 1), np.nan), np.ones((2, 1), dtype=int)
    >>> words = ("", "no genome data can tell it")
    >>> untold_everywhere(Values(("a", "b"), ("share:skatole",), ("share",), mean, reason, words))
    {'share:skatole': 'no genome data can tell it'}
    """
    reasons = dict(zip(estimates.quantities, estimates.reason.T, strict=True))
    return {
        name: estimates.words[reasons[name][0]]
        for name in tested(estimates.quantities)
        if reasons[name].all() and (reasons[name] == reasons[name][0]).all()
    }


def _drivers(
    name: str,
    found: Mapping[str, Sequence[Finding]],
    means: Mapping[str, Array],
    community: Community,
    most: int,
    confidence: float,
) -> list[pd.DataFrame]:
    """Rows of ``drivers.tsv`` for one contrast: shares and balance, where estimable."""
    tables = []
    for quantity, finding in ((q, one) for q, findings in found.items() for one in findings):
        difference = Difference.of(finding)
        if difference is None or not (quantity.startswith(SHARE) or quantity == BALANCE):
            continue
        table = drivers_of(
            community,
            quantity,
            difference,
            means[quantity][difference.rows],
            most=most,
            confidence=confidence,
        )
        tables.append(table.assign(contrast=name, quantity=quantity, term=finding.term))
    return tables


def _joined(parts: list[pd.DataFrame]) -> pd.DataFrame:
    import pandas as pd

    if not parts:
        return _table([], DRIVERS)
    return pd.concat(parts, ignore_index=True)[list(DRIVERS)]


def _table(rows: list[dict[str, Any]], columns: tuple[str, ...]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(rows, columns=list(columns))


def _summary(found: Mapping[str, Sequence[Finding]]) -> str:
    """One line for the log: what was estimated, and why the others were not."""
    every = [findings[0] for findings in found.values()]
    reasons = sorted({finding.reason for finding in every if finding.reason})
    estimated = sum(finding.estimate is not None for finding in every)
    line = f"{estimated} of {len(found)} quantities estimated"
    return line if not reasons else f"{line}; not estimable: {'; '.join(reasons)}"
