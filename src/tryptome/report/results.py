"""The result files of one cohort, read."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tryptome.report.estimates import LISTED_NUMBERS, Estimates
from tryptome.tables import read_parquet, read_tsv
from tryptome.vocabulary import REST, TIERS

if TYPE_CHECKING:
    import pandas as pd

LISTED = 1000
"""Most samples listed on the page; every sample is in ``quantities.parquet``."""

BALANCE = "precursor_balance"
MAKE = "share:trp_synthesis"
DIVERT = "share:trp_diversion"

TIER_LABELS = {tier: tier for tier in TIERS} | {"bacteria": "other bacteria"}
"""What each tier is called: `bacteria` holds those that no name resolves further."""

BUDGET_NUMBERS = ("mean", "q05", "q95", "samples")
CHECK_NUMBERS = ("q05", "q50", "q95", "literature_low", "literature_high")
MEASURED_NUMBERS = (
    *("samples", "persons", "detected", "spearman", "spearman_lower", "spearman_upper"),
    *("partial", "partial_lower", "partial_upper", "shannon", "coverage_90"),
)
SPECIFICATION_NUMBERS = ("changed", "effect", "lower", "upper", "p", "samples", "persons")
TEST_NUMBERS = ("statistic", "r2", "p", "permutations", "samples", "persons", "left_out")
ABUNDANCE_NUMBERS = (
    *("log2_fold_change", "p", "q", "prevalence_trp_synthesis", "prevalence_trp_diversion"),
)
BEYOND_NUMBERS = (
    *("effect", "lower", "upper", "p", "effect_given_shannon", "lower_given_shannon"),
    *("upper_given_shannon", "p_given_shannon", "samples", "persons"),
)
DRIVER_NUMBERS = ("part", "share", "lower", "upper", "difference_without")
MEDIAN_NUMBERS = ("changed", "median", "q25", "q75", "samples")
CONTRAST_NUMBERS = (
    *("effect", "se", "lower", "upper", "df", "p", "q"),
    *("p_permutation", "permutations", "mean_reference", "mean_level", "difference"),
    *("samples", "persons", "p_joint", "q_joint"),
)


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of a table as dictionaries by column."""
    return [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]


@dataclass(frozen=True)
class Results:
    """What the earlier stages wrote, as tables.

    Attributes
    ----------
    ledger : mapping
        ``ledger.json`` of the stage ingest.
    samples, resolution, taxa, capabilities : pandas.DataFrame
        The files of these names; see ``docs/files.md``.
    quantities : Path
        Likewise, not read before it is asked for a quantity.
    contributions, accounting, contrasts, drivers : pandas.DataFrame
        Likewise.
    budget, scenario_checks, applicability : pandas.DataFrame
        Likewise.
    measured : pandas.DataFrame or None
        Likewise; ``None`` where the cohort has no measured metabolites.
    specifications, medians : pandas.DataFrame or None
        Likewise, of the stage sensitivity; ``None`` where it was not run.
    ordination, tests, abundance, beyond_diversity : pandas.DataFrame or None
        Likewise, of the stage community.
    """

    ledger: Mapping[str, Any]
    samples: pd.DataFrame
    resolution: pd.DataFrame
    taxa: pd.DataFrame
    capabilities: pd.DataFrame
    quantities: Path
    contributions: pd.DataFrame
    accounting: pd.DataFrame
    contrasts: pd.DataFrame
    drivers: pd.DataFrame
    budget: pd.DataFrame
    scenario_checks: pd.DataFrame
    applicability: pd.DataFrame
    measured: pd.DataFrame | None = None
    specifications: pd.DataFrame | None = None
    medians: pd.DataFrame | None = None
    ordination: pd.DataFrame | None = None
    tests: pd.DataFrame | None = None
    abundance: pd.DataFrame | None = None
    beyond_diversity: pd.DataFrame | None = None

    @property
    def relative(self) -> bool:
        """Whether the table held relative abundances and not counts."""
        return bool(self.ledger["values"] == "relative")

    @property
    def per_sample(self) -> bool:
        """Whether contributions are those of each sample, and not means of groups."""
        return "sample" in self.contributions

    @cached_property
    def _estimates(self) -> Estimates:
        import pandas as pd

        samples = pd.Index(self.samples["sample"])
        return Estimates(self.quantities, samples, (BALANCE, MAKE, DIVERT))

    @cached_property
    def _listed(self) -> Estimates:
        import pandas as pd

        samples = pd.Index(self.samples["sample"].head(LISTED))
        return Estimates(self.quantities, samples, self.quantity_names, LISTED_NUMBERS)

    @property
    def quantity_names(self) -> list[str]:
        """Quantities that were estimated, in the order of the file."""
        return self._estimates.names

    def quantity(self, name: str) -> pd.DataFrame:
        """Rows of one quantity, indexed by sample, in the order of ``samples``."""
        return self._estimates.table(name)

    def listed(self, name: str) -> pd.DataFrame:
        """Likewise, of the samples that the page lists, with more columns."""
        return self._listed.table(name)

    @cached_property
    def taxon_labels(self) -> dict[str, str]:
        """Short name of each taxon for people."""
        return dict(zip(self.taxa["taxon"], self.taxa["label"], strict=True))

    @cached_property
    def evidence(self) -> dict[tuple[str, str], dict[str, Any]]:
        """What is taken of each taxon and capability, by both: a row of ``capabilities``."""
        rows = records(self.capabilities)
        return {(str(row["taxon"]), str(row["capability"])): row for row in rows}

    def taxon_label(self, taxon: str) -> str:
        """Short name of a taxon; what a row ``rest`` stands for where it is that."""
        return "all other taxa" if taxon == REST else self.taxon_labels.get(taxon, taxon)


INPUTS: Mapping[str, Callable[[str], Any]] = {
    "ledger": lambda path: json.loads(Path(path).read_text(encoding="utf-8")),
    "features": read_tsv,
    "samples": read_tsv,
    "resolution": partial(read_tsv, numeric=("genomes", "species", "reads", "share")),
    "taxa": partial(read_tsv, numeric=("genomes", "species")),
    "capabilities": read_parquet,
    "quantities": Path,
    "contributions": read_parquet,
    "accounting": partial(read_tsv, numeric=TIERS),
    "depth": partial(read_tsv, numeric=("reads",)),
    "contrasts": partial(read_tsv, numeric=CONTRAST_NUMBERS),
    "drivers": partial(read_tsv, numeric=DRIVER_NUMBERS),
    "budget": partial(read_tsv, numeric=BUDGET_NUMBERS),
    "scenario_checks": partial(read_tsv, numeric=CHECK_NUMBERS),
    "applicability": partial(read_tsv, numeric=("distance", "limit")),
    "measured": partial(read_tsv, numeric=MEASURED_NUMBERS),
    "specifications": partial(read_tsv, numeric=SPECIFICATION_NUMBERS),
    "medians": partial(read_tsv, numeric=MEDIAN_NUMBERS),
    "ordination": partial(read_tsv, numeric=("axis", "value", "explained", "left_out")),
    "tests": partial(read_tsv, numeric=TEST_NUMBERS),
    "abundance": partial(read_tsv, numeric=ABUNDANCE_NUMBERS),
    "beyond_diversity": partial(read_tsv, numeric=BEYOND_NUMBERS),
}
"""How each input of the rule is read, by its name there."""

UNSEEN = ("features",)
"""Inputs that the page does not show, but the manifest lists."""


def read(paths: Mapping[str, str], metadata: Collection[str | None] | None = None) -> Results:
    """Read the result files.

    Parameters
    ----------
    paths : mapping of str to str
        Path of each file, under the name of the workflow's input; one of :data:`INPUTS`.
    metadata : collection of str, optional
        Columns of ``samples.tsv`` that are asked for beside the samples' names; all by default.

    Returns
    -------
    Results
    """
    asked = None if metadata is None else ("sample", *metadata)
    readers: dict[str, Callable[[str], Any]] = {
        **INPUTS,
        "samples": partial(read_tsv, columns=asked),
    }
    tables = {name: readers[name](path) for name, path in paths.items() if name not in UNSEEN}
    # Reads of each sample stand beside the share of them in each tier.
    tables["accounting"] = tables.pop("depth").merge(
        tables["accounting"], on="sample", validate="one_to_one"
    )
    return Results(**tables)
