"""The stage ``compare``: do groups differ, and who drives it?"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tryptome.biom_slices import sliced
from tryptome.compare.cells import Stored
from tryptome.compare.design import Array, declared, with_categories
from tryptome.compare.drivers import Community
from tryptome.compare.driving import Difference, Wanted, drivers_of
from tryptome.compare.finding import Finding
from tryptome.compare.ready import Find, ready
from tryptome.compare.scale import BALANCE, SHARE, held, tested, to_scale, without_repeats
from tryptome.compare.scenario import Physiology
from tryptome.compare.shared import DRAWS, Effect, Shared
from tryptome.compare.table import CONTRASTS, adjust, rows
from tryptome.compare.undriven import agrees_sign, undriven
from tryptome.contrasts import check_contrasts
from tryptome.tables import read_parquet, read_tsv, write_tsv
from tryptome.values import Values, read_values

if TYPE_CHECKING:
    import pandas as pd

LOG = logging.getLogger(__name__)

AT_ONCE = 2**26
"""Numbers that are held of the quantities that are compared at a time: 537 MB."""

NUMBERS = 16
"""Numbers of each sample that are held of a quantity, its drivers and its weights."""

DRIVERS = (
    *("contrast", "quantity", "taxon", "part", "share", "term"),
    *("lower", "upper", "difference_without", "agrees_sign", "reason"),
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
    shared: Sequence[str] = (),
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
    shared : sequence of str
        Contrasts that other cohorts have too: where no sample here has a level of theirs, they
        are not estimable, and no mistake.
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
    check_contrasts(
        contrasts, metadata, subject_column=subject_column, place=samples, shared=shared
    )
    metadata = with_categories(metadata, declared(ledger))
    estimates = read_values(quantities, wanted=lambda name: bool(tested([name])))
    names = list(metadata["sample"])
    annotation = read_parquet(capabilities)
    table: list[dict[str, Any]] = []
    parts: list[pd.DataFrame] = []
    with sliced(composition) as stored:
        community = Community.of(stored.features, Stored(stored, names), annotation)
        compared = Compared(
            _tested(estimates.of(names)),
            untold_everywhere(estimates),
            dict(zip(estimates.quantities, estimates.units, strict=True)),
            community,
            Shared.of(
                community,
                annotation,
                read_parquet(copy_number),
                correct=copy_number_correction,
                seed=seed,
                physiology=Physiology.of(metadata, mass_balance, seed, DRAWS),
            ),
            confidence,
            drivers,
        )
        for name, contrast in contrasts.items():
            find = ready(name, contrast, metadata, subject_column, seed)
            found, carried = compared.contrast(name, find)
            table += found
            parts += carried
            LOG.info("%s: %s", name, _summary(found))
    write_tsv(_table(table, CONTRASTS), contrasts_out)
    write_tsv(_joined(parts), drivers_out)


@dataclass(frozen=True)
class Compared:
    """What contrasts of a cohort are put to.

    Attributes
    ----------
    means : mapping of str to ndarray, shape (all samples,)
        Posterior means of each quantity that is tested.
    untold : mapping of str to str
        Quantities that no sample has a value of, with the reason.
    units : mapping of str to str
        Unit of each quantity.
    community : Community
    shared : Shared
    confidence : float
        Of the intervals.
    most : int
        Most taxa listed per contrast and quantity.
    """

    means: Mapping[str, Array]
    untold: Mapping[str, str]
    units: Mapping[str, str]
    community: Community
    shared: Shared
    confidence: float
    most: int

    def contrast(self, name: str, find: Find) -> tuple[list[dict[str, Any]], list[pd.DataFrame]]:
        """Compare some quantities after others, as many as may be held.

        Returns
        -------
        list of dict
            Rows of ``contrasts.tsv``.
        list of pandas.DataFrame
            Rows of ``drivers.tsv``.
        """
        table: list[dict[str, Any]] = []
        drivers: list[pd.DataFrame] = []
        without: list[pd.DataFrame] = []
        step = max(AT_ONCE // (NUMBERS * max(self.community.cells.samples, 1)), 1)
        for some in _batches(list(self.means), step):
            found = {quantity: self._find(quantity, find) for quantity in some}
            errors = self._shared_errors(found)
            table += rows(name, found, self.means, self.units, errors, self.confidence)
            drivers += self._drivers(name, found)
            without.append(undriven(name, found))
        adjust(table)
        return table, [*drivers, *without]

    def _find(self, quantity: str, find: Find) -> list[Finding]:
        found = find(to_scale(quantity, held(quantity, self.means)))
        if quantity in self.untold:
            return [replace(found[0], reason=self.untold[quantity])]
        return found

    def _shared_errors(
        self, found: Mapping[str, Sequence[Finding]]
    ) -> dict[tuple[str, str], float | None]:
        """Sd of the effect on each quantity and term over what samples share."""
        effects = {
            (quantity, one.term): Effect(quantity, one.selection.rows, one.estimate.weights)
            for quantity, findings in found.items()
            for one in findings
            if one.estimate is not None
        }
        return dict(zip(effects, self.shared.se(list(effects.values())), strict=True))

    def _drivers(self, name: str, found: Mapping[str, Sequence[Finding]]) -> list[pd.DataFrame]:
        """Rows of ``drivers.tsv``: shares and balance, where estimable."""
        told = []
        for quantity, one in ((q, one) for q, findings in found.items() for one in findings):
            difference = Difference.of(one)
            if difference is not None and (quantity.startswith(SHARE) or quantity == BALANCE):
                values = self.means[quantity][difference.rows]
                told.append((one, Wanted(quantity, difference, values)))
        wanted = [one for _, one in told]
        tables = drivers_of(self.community, wanted, most=self.most, confidence=self.confidence)
        return [
            table.assign(
                contrast=name,
                quantity=one.quantity,
                term=finding.term,
                agrees_sign=agrees_sign(one.size, finding),
            )
            for table, (finding, one) in zip(tables, told, strict=True)
        ]


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


def _batches(names: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    return (names[start : start + size] for start in range(0, len(names), size))


def _joined(parts: list[pd.DataFrame]) -> pd.DataFrame:
    import pandas as pd

    if not parts:
        return _table([], DRIVERS)
    # Rows that only say why there are no drivers have no columns of numbers.
    return pd.concat(parts, ignore_index=True).reindex(columns=list(DRIVERS))


def _table(rows: list[dict[str, Any]], columns: tuple[str, ...]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(rows, columns=list(columns))


def _summary(table: Sequence[Mapping[str, Any]]) -> str:
    """One line for the log: what was estimated, and why the others were not."""
    every = {row["quantity"]: row for row in reversed(table)}.values()
    reasons = sorted({row["reason"] for row in every if row["reason"]})
    estimated = sum(row["estimable"] == "true" for row in every)
    line = f"{estimated} of {len(every)} quantities estimated"
    return line if not reasons else f"{line}; not estimable: {'; '.join(reasons)}"
