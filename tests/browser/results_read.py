"""The demo's result files as the accounts of its page ask for them, read without the report."""

import csv
import json
import math
import statistics
from collections import Counter
from functools import cached_property
from importlib.metadata import version
from pathlib import Path

import pyarrow.parquet
import yaml
from scipy.stats import beta, norm
from scipy.stats import t as student

from tryptome.paths import resource

BALANCE, MAKE, DIVERT = "precursor_balance", "share:trp_synthesis", "share:trp_diversion"
EVERYBODY = "all samples"


class Files:
    """Result files of one cohort, and those that ship."""

    def __init__(self, cohort: Path) -> None:
        self.cohort = cohort
        self._tables = {}

    def table(self, name: str) -> list[dict[str, str]]:
        if name not in self._tables:
            self._tables[name] = _tsv(self.cohort / name)
        return self._tables[name]

    def parquet(self, name: str) -> list[dict]:
        if name not in self._tables:
            self._tables[name] = pyarrow.parquet.read_table(self.cohort / name).to_pylist()
        return self._tables[name]

    @cached_property
    def ledger(self) -> dict:
        return json.loads((self.cohort / "ingest/ledger.json").read_text(encoding="utf-8"))

    @cached_property
    def persons(self) -> dict[str, str]:
        return {row["sample"]: row["person"] for row in self.table("ingest/samples.tsv")}

    @cached_property
    def groups(self) -> dict[str, list[str]]:
        """Samples of each column: all of them first, then by diet and phase."""
        found = {EVERYBODY: list(self.persons)}
        for row in self.table("ingest/samples.tsv"):
            found.setdefault(f"{row['diet']} · {row['phase']}", []).append(row["sample"])
        return found

    @cached_property
    def quantities(self) -> dict[tuple[str, str], dict]:
        rows = self.parquet("estimate/quantities.parquet")
        return {(row["sample"], row["quantity"]): row for row in rows}

    @cached_property
    def labels(self) -> dict[str, str]:
        """Label of each taxon."""
        return {row["taxon"]: row["label"] for row in self.table("resolve/taxa.tsv")}

    @cached_property
    def taxa(self) -> dict[str, str]:
        """Taxon of each label."""
        return {label: taxon for taxon, label in self.labels.items()}

    @cached_property
    def capability(self) -> dict[tuple[str, str], dict]:
        rows = self.parquet("annotate/capabilities.parquet")
        return {(row["taxon"], row["capability"]): row for row in rows}

    @cached_property
    def contrasts(self) -> list[str]:
        return list(dict.fromkeys(row["contrast"] for row in self.table("compare/contrasts.tsv")))

    @cached_property
    def accuracy(self) -> list[dict[str, str]]:
        return _tsv(resource("prediction", "accuracy.tsv"))

    @cached_property
    def settings(self) -> dict:
        """What the demo's configuration says of its cohort."""
        text = (Path(__file__).parents[2] / "config/config.yaml").read_text(encoding="utf-8")
        return yaml.safe_load(text)["cohorts"]["david2014"]

    @cached_property
    def knowledge(self) -> list[dict]:
        text = Path(resource("knowledge", "capabilities.yaml")).read_text(encoding="utf-8")
        return yaml.safe_load(text)

    @cached_property
    def literature(self) -> list[dict[str, str]]:
        return _tsv(resource("knowledge", "literature.tsv"))

    @cached_property
    def names(self) -> set[str]:
        """Texts with digits in them that are no numbers of this page."""
        said = {*self.labels.values(), *_values(self.settings), *_values(self.knowledge)}
        said |= {"…" + label[-16:] for label in self.labels.values() if len(label) > 48}
        said |= {text for row in self.literature for text in row.values()}
        sources = Path(resource("knowledge", "sources.yaml")).read_text(encoding="utf-8")
        said |= set(_values(yaml.safe_load(sources)))
        said |= {f"{name} {version(name)}" for name in LIBRARIES}
        return {" ".join(text.split()) for text in said if any(c.isdigit() for c in text)}

    def known(self, quantity: str, group: str = EVERYBODY) -> list[dict]:
        """Rows of a quantity that can be assessed, in a group."""
        rows = [self.quantities[sample, quantity] for sample in self.groups[group]]
        return [row for row in rows if row["assessable"]]

    def by_person(self, rows: list[dict], column: str) -> list[float]:
        """Mean of each person's samples."""
        found = {}
        for row in rows:
            found.setdefault(self.persons[row["sample"]], []).append(row[column])
        return [statistics.fmean(values) for values in found.values()]

    def mean(self, quantity: str, group: str = EVERYBODY) -> float:
        return statistics.fmean(self.by_person(self.known(quantity, group), "mean"))

    def interval(self, quantity: str, group: str = EVERYBODY, *, taxa: bool = True):
        """Ends by the equation of the page's methods, with or without what is unsure of taxa."""
        rows = self.known(quantity, group)
        means = self.by_person(rows, "mean")
        sigma = statistics.fmean(self.by_person(rows, "sd")) if taxa else 0.0
        mean, half = statistics.fmean(means), _between(means, 0.975)
        half = math.hypot(half, norm.ppf(0.975) * sigma)
        if not quantity.startswith("share:"):
            return mean - half, mean + half
        size = mean * (1 - mean) / (half / norm.ppf(0.975)) ** 2 - 1
        lower, upper = beta.ppf([0.025, 0.975], mean * size, (1 - mean) * size)
        return min(mean, lower), max(mean, upper)

    def band(self, quantity: str, group: str = EVERYBODY) -> tuple[float, float, float]:
        """Mean over persons and its 90 % interval, of the scenario (see docs/scenario.md)."""
        rows = self.known(quantity, group)
        mean, low, high = (
            statistics.fmean(self.by_person(rows, c)) for c in ("mean", "q05", "q95")
        )
        half = _between(self.by_person(rows, "mean"), 0.95)
        lower = mean - math.hypot(max(0.0, mean - low), half)
        if all(row["q05"] >= 0 for row in rows):
            lower = max(0.0, lower)
        return mean, lower, mean + math.hypot(max(0.0, high - mean), half)

    def carried(self, quantity: str, group: str = EVERYBODY) -> dict[str, float]:
        """Part of each taxon in the mean of a share, every person counting once."""
        known = [row["sample"] for row in self.known(quantity, group)]
        persons = [self.persons[sample] for sample in known]
        of_person, n = Counter(persons), len(set(persons))
        weight = {s: 1 / of_person[p] / n for s, p in zip(known, persons, strict=True)}
        parts = {}
        for row in self._contributions[quantity]:
            part = weight.get(row["sample"], 0.0) * row["mean"]
            parts[row["taxon"]] = parts.get(row["taxon"], 0.0) + part
        return parts

    @cached_property
    def _contributions(self) -> dict[str, list[dict]]:
        found = {}
        for row in self.parquet("estimate/contributions.parquet"):
            found.setdefault(row["quantity"], []).append(row)
        return found


LIBRARIES = ("biom-format", "jinja2", "matplotlib", "numpy", "pandas", "pyarrow")
LIBRARIES += ("scikit-bio", "scipy", "snakemake", "statsmodels")


def first(rows: list[dict], **wanted: str) -> dict:
    """The first row that has these values."""
    return next(row for row in rows if all(row[key] == value for key, value in wanted.items()))


def _between(means: list[float], quantile: float) -> float:
    n = len(means)
    return student.ppf(quantile, n - 1) * statistics.stdev(means) / math.sqrt(n)


def _tsv(path: Path) -> list[dict[str, str]]:
    with Path(path).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t"))


def _values(node: object) -> list[str]:
    if isinstance(node, dict):
        return [text for value in node.values() for text in _values(value)]
    if isinstance(node, list):
        return [text for value in node for text in _values(value)]
    return [node] if isinstance(node, str) else []
