"""The stage ``community``: the whole community beside what it can do."""

from __future__ import annotations

import json
import logging
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tryptome.biom_slices import sliced
from tryptome.community.abundance import ANCOMBC, differential
from tryptome.community.asked import Asked, NoTestError, asked
from tryptome.community.beyond import Beside
from tryptome.community.distances import METRICS, OF_CHANGES, distances, ordination
from tryptome.community.model import model
from tryptome.community.permutation import mantel, permanova, permdisp
from tryptome.community.reads import FEWEST_TAXA, Reads, diversity, resolved_reads
from tryptome.community.subset import subset
from tryptome.community.units import Units, units
from tryptome.compare.design import with_categories
from tryptome.compare.selection import Flags
from tryptome.estimate.community import Array
from tryptome.knowledge import load
from tryptome.sensitivity.outcomes import headline
from tryptome.tables import read_parquet, read_tsv, write_tsv
from tryptome.values import read_values

if TYPE_CHECKING:
    import pandas as pd

LOG = logging.getLogger(__name__)

TESTS = (
    *("contrast", "term", "metric", "test", "statistic", "r2", "p", "permutations"),
    *("units", "samples", "persons", "left_out", "reason"),
)
ABUNDANCE = (
    *("contrast", "term", "method", "taxon", "log2_fold_change", "p", "q"),
    *("prevalence_trp_synthesis", "prevalence_trp_diversion", "left_out"),
)
ENDS = ("", "_given_shannon")
BEYOND = (
    *("contrast", "quantity", "term"),
    *(f"{name}{end}" for end in ENDS for name in ("effect", "lower", "upper", "p")),
    *("samples", "persons", "verdict", "reason"),
)
OF_GROUPS = {"permanova": permanova, "permdisp": permdisp}
OF_NUMBERS = {"mantel": mantel}
UNCHANGING = "between Bray-Curtis dissimilarities there is no change to compare"
ALIKE = "all compositions are alike"
SIDES = ("trp_synthesis", "trp_diversion")


def run(
    table: str,
    ledger: str,
    samples: str,
    resolution: str,
    capabilities: str,
    quantities: str,
    alpha_out: str,
    ordination_out: str,
    tests_out: str,
    abundance_out: str,
    beyond_diversity_out: str,
    *,
    contrast_settings: Mapping[str, Mapping[str, Any]],
    subject_column: str | None,
    confidence: float,
    seed: int,
    most_samples: int,
) -> None:
    """Describe the communities of a cohort, and compare them in every contrast.

    Parameters
    ----------
    table, ledger, samples : str
        ``table.biom``, ``ledger.json`` and ``samples.tsv`` of the stage ``ingest``.
    resolution : str
        ``resolution.tsv`` of the stage ``resolve``.
    capabilities : str
        ``capabilities.parquet`` of the stage ``annotate``.
    quantities : str
        ``quantities.parquet`` of the stage ``estimate``.
    alpha_out, ordination_out, tests_out, abundance_out, beyond_diversity_out : str
        Files of the output contract (``docs/files.md``).
    contrast_settings : mapping
        Fields of :class:`tryptome.config.model.Contrast` under the name of each contrast.
    subject_column : str or None
        Metadata column that tells persons apart.
    confidence : float
        Of the intervals; one minus it is what counts as significant.
    seed : int
        Of permutations and draws.
    most_samples : int
        Most samples that are ordinated, and units whose compositions are tested.
    """
    facts = json.loads(Path(ledger).read_text(encoding="utf-8"))
    metadata = with_categories(read_tsv(samples), facts["column_types"])
    names = list(metadata["sample"])
    means = _headline_means(quantities, names)
    tests: list[dict[str, Any]] = []
    taxa: list[pd.DataFrame] = []
    beyond: list[dict[str, Any]] = []
    with sliced(table) as read:
        reads = resolved_reads(read, read_tsv(resolution))
        alpha = diversity(reads)
        known, counts = alpha["observed"].notna().to_numpy(), facts["values"] == "counts"
        cohort = Cohort(reads, known, counts, metadata, subject_column, seed)
        axes = cohort.ordinated(names, contrast_settings, most_samples)
        for name, contrast in contrast_settings.items():
            put = Beside(name, contrast, metadata, alpha["shannon"].to_numpy(float),
                         subject_column, seed, confidence)  # fmt: skip
            found, differing = cohort.compare(name, contrast, most_samples, put.unsupported(known))
            tests += [
                *put.diversities({m: alpha[m].to_numpy(float) for m in ("shannon", "observed")}),
                *found,
            ]
            taxa.append(differing)
            beyond += put.quantities(means)
    write_tsv(alpha.assign(sample=names)[["sample", "shannon", "observed"]], alpha_out)
    write_tsv(axes, ordination_out)
    write_tsv(_frame(tests, TESTS), tests_out)
    write_tsv(_with_prevalence(taxa, capabilities), abundance_out)
    write_tsv(_frame(beyond, BEYOND), beyond_diversity_out)
    LOG.info("%d samples, %d tests", len(names), len(tests))


@dataclass(frozen=True)
class Cohort:
    """Reads of resolved taxa of every sample, and what is known of the samples.

    Attributes
    ----------
    reads : Reads
    known : ndarray of bool, shape (samples,)
        Samples that have some.
    counts : bool
    metadata : pandas.DataFrame
    subject_column : str or None
    seed : int
    """

    reads: Reads
    known: Flags
    counts: bool
    metadata: pd.DataFrame
    subject_column: str | None
    seed: int

    def ordinated(
        self, names: list[str], contrasts: Mapping[str, Mapping[str, Any]], most: int
    ) -> pd.DataFrame:
        """Ordinate so many of the samples: rows of ``ordination.tsv``."""
        some = subset(self.metadata, contrasts, self.subject_column, self.known, most)
        return ordination(names, self.reads, some, int(self.known.sum()) - len(some))

    def compare(
        self, name: str, contrast: Mapping[str, Any], most: int, unsupported: str
    ) -> tuple[list[dict[str, Any]], pd.DataFrame]:
        """Compare whole compositions, and taxon by taxon.

        Parameters
        ----------
        name : str
        contrast : mapping
        most : int
            Units whose compositions are tested.
        unsupported : str
            Why the samples cannot support the contrast; empty where they can.

        Returns
        -------
        list of dict
            Rows of ``tests.tsv``.
        pandas.DataFrame
            Rows of ``abundance.tsv``; empty where there is no test.
        """
        import pandas as pd

        seed = zlib.crc32(name.encode()) ^ self.seed
        try:
            if unsupported:
                raise NoTestError(unsupported)
            if len(self.reads.taxa) < FEWEST_TAXA:
                raise NoTestError(f"fewer than {FEWEST_TAXA} taxa are resolved")
            told = asked(contrast, self.metadata, self.subject_column, self.known)
        except NoTestError as reason:
            rows = [*_planned(str(reason)), _without_taxa(str(reason))]
            return [{"contrast": name, **row} for row in rows], pd.DataFrame()
        rows = self._compositions(told, most, seed)
        try:
            taxa = differential(self.reads, model(told), counts=self.counts, seed=seed)
        except NoTestError as reason:
            rows, taxa = [*rows, _without_taxa(str(reason))], pd.DataFrame()
        return [{"contrast": name, **row} for row in rows], taxa.assign(contrast=name)

    def _compositions(self, told: Asked, most: int, seed: int) -> list[dict[str, Any]]:
        try:
            return list(self._tests(units(told).spread(most), seed))
        except NoTestError as reason:
            return _planned(str(reason))

    def _tests(self, arranged: Units, seed: int) -> Iterator[dict[str, Any]]:
        size = {"units": arranged.kind, "samples": arranged.samples, "persons": arranged.persons}
        size |= {"left_out": arranged.left_out, "reason": ""}
        tests = OF_GROUPS if arranged.levels else OF_NUMBERS
        for metric in METRICS:
            if arranged.changes and metric not in OF_CHANGES:
                yield from (
                    {"metric": metric, "test": test, "reason": UNCHANGING} for test in tests
                )
                continue
            between = distances(metric, arranged.weights, self.reads.values)
            for test, of in tests.items():
                found = of(between, arranged, seed)
                alike = {} if np.isfinite(found["statistic"]) else {"p": None, "reason": ALIKE}
                yield {"metric": metric, "test": test, **found, **size, **alike}


def _planned(reason: str) -> list[dict[str, Any]]:
    """Rows of tests that there are not."""
    return [{"metric": m, "test": test, "reason": reason} for m in METRICS for test in OF_GROUPS]


def _without_taxa(reason: str) -> dict[str, Any]:
    """Row that says why ``abundance.tsv`` has none."""
    return {"metric": "taxa", "test": ANCOMBC, "reason": reason}


def _headline_means(quantities: str, names: list[str]) -> dict[str, Array]:
    """Posterior means of the headline quantities, in the order of the samples."""
    wanted = headline(load())
    means = read_values(quantities, wanted=lambda name: name in wanted).of(names).by_name()
    return {name: means[name] for name in wanted if name in means}


def _with_prevalence(taxa: list[pd.DataFrame], capabilities: str) -> pd.DataFrame:
    """Taxa of every contrast, with what each can do beside."""
    import pandas as pd

    told = [one for one in taxa if not one.empty]
    if not told:
        return _frame([], ABUNDANCE)
    rows = pd.concat(told, ignore_index=True)
    known = read_parquet(capabilities).pivot(index="taxon", columns="capability", values="mean")
    for side in SIDES:
        rows[f"prevalence_{side}"] = known[side].reindex(rows["taxon"]).to_numpy(float)
    return rows[list(ABUNDANCE)]


def _frame(rows: list[dict[str, Any]], columns: tuple[str, ...]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(rows, columns=list(columns))
