"""What was used: versions, settings and sources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import tryptome
from tryptome.annotate.counting import BETWEEN
from tryptome.annotate.literature import NAME as LITERATURE
from tryptome.estimate.balance import EPSILON
from tryptome.knowledge import KnowledgeBase, Source
from tryptome.report import bibtex
from tryptome.report.contrasts import PERMUTED
from tryptome.report.results import Results
from tryptome.report.settings import Settings

if TYPE_CHECKING:
    import pandas as pd

LIBRARIES = (
    *("biom-format", "jinja2", "matplotlib", "numpy", "pandas"),
    *("pyarrow", "scikit-bio", "scipy", "snakemake", "statsmodels"),
)

OF = " permutations of "
"""Between the number of permutations, in the name of a model, and what was permuted."""


@dataclass(frozen=True)
class Methods:
    """What a reviewer needs to run it again.

    Attributes
    ----------
    version, knowledge_version : str
        Version of tryptome and of its knowledge base.
    knowledge_checksum : str
        SHA-256 of the knowledge base.
    libraries : tuple of (str, str)
        Name and version of the libraries.
    settings : tuple of (str, str)
        Key and value of each setting, as in the configuration.
    models : tuple of str
        Models behind the contrasts.
    sources : tuple of Source
        Sources of what taxa can do, and of their names and 16S copies.
    own_sources : tuple of str
        The user's own sources that stand in for the base source of some taxa.
    epsilon : float
        What the balance adds to each of its two shares.
    bibtex : str
        The software and its sources, to paste.
    """

    version: str
    knowledge_version: str
    knowledge_checksum: str
    libraries: tuple[tuple[str, str], ...]
    settings: tuple[tuple[str, str], ...]
    models: tuple[str, ...]
    sources: tuple[Source, ...]
    own_sources: tuple[str, ...]
    epsilon: float
    bibtex: str


def describe(results: Results, settings: Settings, knowledge: KnowledgeBase) -> Methods:
    """Collect versions, settings, models and sources.

    Parameters
    ----------
    results : Results
        The result files.
    settings : Settings
        Settings of the run.
    knowledge : KnowledgeBase
        The knowledge base.
    """
    used = {c.source for c in knowledge.capabilities}
    used |= set(";".join(knowledge.copy_number["source"]).split(";"))
    blocks = {
        "estimate": settings.estimate,
        "compare": settings.compare,
        "groups": list(settings.groups),
        "subject_column": settings.subject_column,
        "contrasts": settings.contrasts,
        "seed": settings.seed,
    }
    sources = tuple(source for source in knowledge.sources if source.name in used)
    return Methods(
        version=tryptome.__version__,
        knowledge_version=knowledge.version,
        knowledge_checksum=knowledge.checksum,
        libraries=tuple((name, version(name)) for name in LIBRARIES),
        settings=tuple(_flat(blocks)),
        models=tuple(models(results.contrasts["model"])),
        sources=sources,
        own_sources=_own_sources(results.capabilities["source"], knowledge),
        epsilon=EPSILON,
        bibtex=bibtex.entries(tryptome.__version__, sources),
    )


def models(names: Iterable[str]) -> list[str]:
    """Name each model once, with all that its p values are from.

    Examples
    --------
    >>> models(["t test; p by all 8 permutations of persons", "", "t test",
    ...         "t test; p by all 64 permutations of persons"])
    ['t test (in small groups p by all 8 or all 64 permutations of persons)']
    """
    found: dict[str, dict[str, list[str]]] = {}
    # Shorter first: 64 permutations before 128.
    for name in sorted(set(names) - {""}, key=lambda name: (len(name), name)):
        model, _, how = name.partition(PERMUTED)
        number, _, what = how.partition(OF)
        units = found.setdefault(model, {})
        if how:
            units.setdefault(what, []).append(number)
    return [_model(model, units) for model, units in found.items()]


def _model(name: str, units: dict[str, list[str]]) -> str:
    ways = [f"{' or '.join(n)}{OF}{what}" for what, n in units.items()]
    return f"{name} (in small groups p by {', or by '.join(ways)})" if ways else name


def _own_sources(named: pd.Series, knowledge: KnowledgeBase) -> tuple[str, ...]:
    """Sources of the results that the knowledge base does not have, sorted."""
    found = {source for text in named.unique() for source in text.split(BETWEEN)}
    shipped = {source.name for source in knowledge.sources}
    return tuple(sorted(found - shipped - {LITERATURE, ""}))


def _flat(block: Any, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Settings by dotted key; those that are not set are left out."""
    for key, value in block.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        elif isinstance(value, (list, tuple)):
            if value:
                yield f"{prefix}{key}", ", ".join(str(item) for item in value)
        elif value is not None and value != "":
            yield f"{prefix}{key}", str(value)
