"""The stage ``sensitivity``: which conclusions hang on which choice?"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
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
from tryptome.sensitivity.refit import Refit, Refitter, refitter
from tryptome.tables import read_biom, read_tsv, write_tsv

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
    outcomes = Outcomes(
        _cohort(table, resolution, facts["values"] == "counts", min_assessable, species, evidence)
    )
    tried = Tried(outcomes, Choices(copy_number))
    metadata = with_categories(read_tsv(samples), facts["column_types"])
    told = _stated(contrasts)
    rows: list[dict[str, Any]] = []
    for name, contrast in contrast_settings.items():
        refits = {
            adjusted: refitter(name, one, metadata, subject_column, seed)
            for adjusted, one in with_and_without_covariates(contrast).items()
        }
        rows += _specified(name, tried, refits, covariates(contrast), told, confidence)
    specified = agree(_frame(rows, SPECIFICATIONS), 1 - confidence)
    write_tsv(specified, specifications_out)
    write_tsv(summarise(specified), summary_out)
    write_tsv(_frame(list(_medians(tried)), MEDIANS), medians_out)
    LOG.info("%d specifications of %d contrasts", len(specified), len(contrast_settings))


def _cohort(
    table: str,
    resolution: str,
    counts: bool,
    least: float,
    species: str | None,
    evidence: str | None,
) -> Cohort:
    import scipy.sparse

    read = read_biom(table)
    names = tuple(str(name) for name in read.ids(axis="sample"))
    reads = scipy.sparse.csr_array(read.matrix_data.T)
    return Cohort(names, reads, read_tsv(resolution), counts, least, extended(species, evidence))


@dataclass(frozen=True)
class Tried:
    """The headline quantities under every set of choices, each estimated once."""

    outcomes: Outcomes
    main: Choices
    _means: dict[Choices, dict[str, Array]] = field(default_factory=dict)

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

    def values(self, quantity: str, choices: Choices) -> Array:
        """Posterior means of a quantity under a set of choices."""
        key = choices.of_estimate
        if key not in self._means:
            self._means[key] = self.outcomes.means(key)
        return self._means[key][quantity]


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


def _stated(contrasts: str) -> dict[tuple[str, str], dict[str, dict[str, Any]]]:
    """What ``contrasts.tsv`` says, by contrast and quantity, then by term."""
    table = read_tsv(contrasts, numeric=NUMBERS)
    found: dict[tuple[str, str], dict[str, dict[str, Any]]] = {}
    for row in table[["contrast", "quantity", *STATED]].to_dict("records"):
        terms = found.setdefault((row["contrast"], row["quantity"]), {})
        terms[row["term"]] = {name: row[name] for name in STATED}
    return found


def _specified(
    name: str,
    tried: Tried,
    refits: Mapping[Adjustment, Refitter],
    adjusted: Sequence[str],
    told: Mapping[tuple[str, str], Mapping[str, Mapping[str, Any]]],
    confidence: float,
) -> Iterator[dict[str, Any]]:
    """Rows of ``specifications.tsv`` of one contrast: the main one first in each quantity."""
    for quantity in tried.outcomes.quantities:
        stated = told.get((name, quantity), {})
        key = {"contrast": name, "quantity": quantity}
        own = _described(tried.main, tried.main, bool(adjusted))
        yield from (key | own | dict(row) for row in stated.values())
        for choices in tried.choices(quantity, adjusted) if stated else ():
            outcome = to_scale(quantity, tried.values(quantity, choices))
            found = refits[choices.of_model].find(quantity, outcome)
            if choices != tried.main:
                chosen = key | _described(choices, tried.main, bool(adjusted))
                yield from (chosen | row for row in _by_term(found, stated, confidence))


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


def _medians(tried: Tried) -> Iterator[dict[str, Any]]:
    """Rows of ``medians.tsv``: each quantity over all samples."""
    for quantity in tried.outcomes.quantities:
        for choices in tried.choices(quantity, ()):
            values = tried.values(quantity, choices)
            known = values[~np.isnan(values)]
            row = {
                "quantity": quantity,
                **_described(choices, tried.main, False),
                "samples": len(known),
            }
            if len(known):
                ends = np.quantile(known, (0.25, 0.5, 0.75))
                row |= dict(zip(("q25", "median", "q75"), ends, strict=True))
            yield row


def _frame(rows: list[dict[str, Any]], columns: tuple[str, ...]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(rows, columns=list(columns))
