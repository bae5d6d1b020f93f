"""The stage ``sensitivity``: which conclusions hang on which choice?"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tryptome.compare.design import with_categories
from tryptome.compare.finding import Finding, of_term
from tryptome.compare.formula import covariates, without
from tryptome.compare.scale import to_scale
from tryptome.estimate.community import Array
from tryptome.knowledge.extended import extended
from tryptome.sensitivity.agreement import agree, summarise
from tryptome.sensitivity.choices import Adjustment, Choices, specifications
from tryptome.sensitivity.evidence import concerns
from tryptome.sensitivity.outcomes import Cohort, Outcomes
from tryptome.sensitivity.refit import Kept, Refit, Refitter, refitter
from tryptome.tables import read_tsv, write_tsv

if TYPE_CHECKING:
    import pandas as pd

LOG = logging.getLogger(__name__)

OF_ESTIMATE = ("copy_number", "rank", "evidence", "min_prevalence", "left_out")
CHOICES = (*OF_ESTIMATE, "covariates", "without_covariate")
NUMBERS = ("effect", "lower", "upper", "p", "samples", "persons")
STATED = ("term", *NUMBERS, "reason")
SPECIFICATIONS = (
    *("contrast", "quantity", "term", "specification", *CHOICES, "changed", *NUMBERS),
    *("agrees_sign", "agrees_significance", "reason"),
)
MEDIANS = (
    *("quantity", "specification", *OF_ESTIMATE, "changed"),
    *("median", "q25", "q75", "samples"),
)


def run(
    table: str,
    ledger: str,
    samples: str,
    resolution: str,
    contrasts: str,
    specifications_out: str,
    summary_out: str,
    medians_out: str,
    *,
    contrast_settings: Mapping[str, Mapping[str, Any]],
    subject_column: str | None,
    confidence: float,
    seed: int,
    copy_number: bool,
    min_assessable: float,
    species: str | None = None,
    evidence: str | None = None,
) -> None:
    """Estimate the headline quantities, and their contrasts, under other choices.

    Parameters
    ----------
    table, ledger, samples : str
        ``table.biom``, ``ledger.json`` and ``samples.tsv`` of the stage ``ingest``.
    resolution : str
        ``resolution.tsv`` of the stage ``resolve``.
    contrasts : str
        ``contrasts.tsv`` of the stage ``compare``: the main specification.
    specifications_out, summary_out, medians_out : str
        ``specifications.tsv``, ``summary.tsv``, ``medians.tsv`` (``docs/files.md``).
    contrast_settings : mapping
        Fields of :class:`tryptome.config.model.Contrast` under the name of each contrast.
    subject_column : str or None
        Metadata column that tells persons apart.
    confidence : float
        Of the intervals; one minus it is what counts as significant.
    seed : int
        Of the permutations of small groups.
    copy_number : bool
        Whether the main specification corrects for 16S copies.
    min_assessable : float
        Least share of bacterial cells that a value must speak for.
    species, evidence : str, optional
        What the user adds to the knowledge base: files of ``extend``.
    """
    facts = json.loads(Path(ledger).read_text(encoding="utf-8"))
    counts, knowledge = facts["values"] == "counts", extended(species, evidence)
    cohort = Cohort(table, read_tsv(resolution), counts, min_assessable, knowledge)
    tried = Tried(Outcomes(cohort), Choices(copy_number), Path(specifications_out).parent)
    metadata = with_categories(read_tsv(samples), facts["column_types"])
    told = _stated(contrasts)
    compared, kept = [], Kept()
    for name, contrast in contrast_settings.items():
        refits = {
            adjusted: refitter(name, one, metadata, subject_column, seed, kept)
            for adjusted, one in with_and_without_covariates(contrast).items()
        }
        compared.append(Compared(name, covariates(contrast), refits, told.get(name, {})))
    rows, medians = _specified(tried, compared, confidence)
    specified = agree(_frame(rows, SPECIFICATIONS), 1 - confidence)
    write_tsv(specified, specifications_out)
    write_tsv(summarise(specified), summary_out)
    write_tsv(_frame(medians, MEDIANS), medians_out)
    LOG.info("%d specifications of %d contrasts", len(specified), len(contrast_settings))


@dataclass(frozen=True)
class Tried:
    """The headline quantities under every set of choices, each estimated once.

    Attributes
    ----------
    outcomes : Outcomes
    main : Choices
    folder : path
        For what waits on disk meanwhile.
    """

    outcomes: Outcomes
    main: Choices
    folder: Path

    @cached_property
    def concerned(self) -> dict[str, list[str]]:
        """Variants of the evidence that concern each quantity."""
        names, knowledge = list(self.outcomes.variants), self.outcomes.cohort.knowledge
        return {
            quantity: [name for name in names if concerns(name, capabilities, knowledge)]
            for quantity, capabilities in self.outcomes.quantities.items()
        }

    @cached_property
    def taxa(self) -> list[str]:
        """Taxa to leave out."""
        return self.outcomes.most_abundant(self.main.copy_number)

    def choices(self, quantity: str, covariates: Sequence[str]) -> Iterator[Choices]:
        """Sets of choices that concern a quantity, the main one first."""
        return specifications(self.main, self.concerned[quantity], self.taxa, covariates=covariates)

    def estimates(self) -> Iterator[tuple[Choices, dict[str, Array]]]:
        """Posterior means of all quantities under one set of choices after another.

        In the order of :meth:`choices`, whatever the quantity; one set of means is held at a time.
        """
        used = {name for names in self.concerned.values() for name in names}
        evidence = [name for name in self.outcomes.variants if name in used]
        planned = specifications(self.main, evidence, self.taxa, covariates=())
        yield from self.outcomes.means(list(planned), self.folder)


@dataclass(frozen=True)
class Compared:
    """A contrast that is put to every set of choices.

    Attributes
    ----------
    name : str
    covariates : sequence of str
    refits : mapping of Adjustment to Refitter
        The contrast with and without its covariates.
    stated : mapping
        What ``contrasts.tsv`` says, by quantity and term.
    """

    name: str
    covariates: Sequence[str]
    refits: Mapping[Adjustment, Refitter]
    stated: Mapping[str, Mapping[str, Mapping[str, Any]]]

    def rows(
        self, quantity: str, choices: Choices, main: Choices, values: Array, confidence: float
    ) -> list[dict[str, Any]]:
        """Rows of ``specifications.tsv`` of one quantity under one set of choices."""
        key = {"contrast": self.name, "quantity": quantity}
        key |= _described(choices, main, bool(self.covariates))
        # Also of the main ones: others are fitted with the variances that were found there.
        found = self.refits[choices.of_model].find(quantity, to_scale(quantity, values))
        stated = self.stated[quantity]
        if choices == main:
            return [key | dict(row) for row in stated.values()]
        return [key | row for row in _by_term(found, stated, confidence)]


def with_and_without_covariates(
    contrast: Mapping[str, Any],
) -> dict[Adjustment, dict[str, Any]]:
    """Give a contrast, the same without its covariates, and without each where it has several.

    Examples
    --------
    >>> found = with_and_without_covariates({"column": "diet", "adjust": ["age", "sex"]})
    >>> [one["adjust"] for one in found.values()]
    [['age', 'sex'], [], ['sex'], ['age']]
    >>> list(with_and_without_covariates({"column": "diet", "adjust": []}))
    [(True, '')]
    """
    found = {(True, ""): dict(contrast)}
    names = covariates(contrast)
    if names:
        found[False, ""] = without(contrast, names)
    if len(names) > 1:
        found |= {(True, name): without(contrast, [name]) for name in names}
    return found


def _stated(contrasts: str) -> dict[str, dict[str, dict[str, dict[str, Any]]]]:
    """What ``contrasts.tsv`` says, by contrast, quantity and term."""
    table = read_tsv(contrasts, numeric=NUMBERS)
    found: dict[str, dict[str, dict[str, dict[str, Any]]]] = {}
    for row in table[["contrast", "quantity", *STATED]].to_dict("records"):
        terms = found.setdefault(row["contrast"], {}).setdefault(row["quantity"], {})
        terms[row["term"]] = {name: row[name] for name in STATED}
    return found


def _specified(
    tried: Tried, compared: Sequence[Compared], confidence: float
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Rows of ``specifications.tsv`` and ``medians.tsv``: the main one first in each quantity."""
    quantities = list(tried.outcomes.quantities)
    planned = [
        (one, quantity, choices)
        for one in compared
        for quantity in quantities
        for choices in (tried.choices(quantity, one.covariates) if quantity in one.stated else ())
    ]
    of_all = [(quantity, one) for quantity in quantities for one in tried.choices(quantity, ())]
    by_estimate: dict[Choices, list[int]] = {}
    for at, (_, _, choices) in enumerate(planned):
        by_estimate.setdefault(choices.of_estimate, []).append(at)
    rows: dict[int, list[dict[str, Any]]] = {}
    medians: dict[tuple[str, Choices], dict[str, Any]] = {}
    for estimate, means in tried.estimates():
        for at in by_estimate.get(estimate, []):
            one, quantity, choices = planned[at]
            rows[at] = one.rows(quantity, choices, tried.main, means[quantity], confidence)
        for quantity, values in means.items():
            medians[quantity, estimate] = _median(quantity, estimate, tried.main, values)
    ordered = [row for at in range(len(planned)) for row in rows[at]]
    return ordered, [medians[one] for one in of_all]


def _by_term(
    found: Sequence[Finding], stated: Iterable[str], confidence: float
) -> Iterator[dict[str, Any]]:
    """Give what is found of each term; where none can be estimated, the reason."""
    for term in stated:
        refit = Refit.of(of_term(found, term), confidence)
        yield asdict(refit) | {"term": term}


def _described(choices: Choices, main: Choices, adjusted: bool) -> dict[str, Any]:
    """Columns that say what was chosen; of covariates nothing where there are none."""
    return {
        "specification": choices.name(main),
        **asdict(choices),
        "copy_number": _flag(choices.copy_number),
        "covariates": _flag(choices.covariates) if adjusted else "",
        "changed": len(choices.changed(main)),
    }


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _median(quantity: str, choices: Choices, main: Choices, values: Array) -> dict[str, Any]:
    """Row of ``medians.tsv``: a quantity over all samples."""
    known = values[~np.isnan(values)]
    row = {"quantity": quantity, **_described(choices, main, False), "samples": len(known)}
    if len(known):
        ends = np.quantile(known, (0.25, 0.5, 0.75))
        row |= dict(zip(("q25", "median", "q75"), ends, strict=True))
    return row


def _frame(rows: list[dict[str, Any]], columns: tuple[str, ...]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(rows, columns=list(columns))
