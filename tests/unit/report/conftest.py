"""Result files as the other stages write them, of a made-up cohort."""

import json
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any

import biom  # noqa: F401 - as the other stages do
import numpy as np
import pandas as pd
import pytest

from tryptome import knowledge
from tryptome.report import pictures
from tryptome.report.content import Content
from tryptome.report.figures.style import save_svg
from tryptome.report.results import read
from tryptome.report.run import run
from tryptome.report.settings import Settings
from tryptome.tables import write_parquet, write_tsv
from tryptome.vocabulary import TIERS

GENERA = ["Bacteroides", "Prevotella", "Escherichia", "Alistipes", "Faecalibacterium", "Blautia"]
TAXA = [f"g__{genus}" for genus in GENERA] + ["f__Lachnospiraceae"]
CONTRAST_COLUMNS = [
    *("contrast", "quantity", "scale", "effect", "se", "lower", "upper", "df", "p", "q"),
    *("p_permutation", "permutations", "mean_reference", "mean_level", "difference"),
    *("samples", "persons", "model", "estimable", "reason", "p_joint", "q_joint"),
]
SCENARIO = ("budget", "scenario_checks", "applicability")
ROUTES = ("indole", "tryptamine", "indolelactate", "indolepropionate", "indoleacetate")


WITH_ALL_FILES = ("test_report_page", "test_report_fonts")


@pytest.fixture(scope="module", autouse=True)
def svg_alone(request):
    """Leave out PNG, PDF and one column, which take most of the time, where nobody looks."""
    if request.module.__name__ in WITH_ALL_FILES:
        yield
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pictures, "save", save_svg)
        patch.setattr(pictures, "write_single", lambda drawn, folder: None)
        yield


@dataclass
class Made:
    """A made-up cohort: change what it holds, then `write` it and `run` the stage."""

    folder: Path
    metadata: pd.DataFrame
    quantities: pd.DataFrame
    contributions: pd.DataFrame
    accounting: pd.DataFrame
    resolution: pd.DataFrame
    taxa: pd.DataFrame
    capabilities: pd.DataFrame
    contrasts: pd.DataFrame
    drivers: pd.DataFrame
    budget: pd.DataFrame
    scenario_checks: pd.DataFrame
    applicability: pd.DataFrame
    ledger: dict[str, Any]
    settings: dict[str, Any] = field(default_factory=dict)

    @property
    def report(self) -> Path:
        return self.folder / "report" / "report.html"

    @property
    def html(self) -> str:
        return self.report.read_text(encoding="utf-8")

    def inputs(self) -> dict[str, str]:
        names = {
            **dict.fromkeys(("ledger.json", "features.tsv", "samples.tsv"), "ingest"),
            **dict.fromkeys(("resolution.tsv", "taxa.tsv"), "resolve"),
            "capabilities.parquet": "annotate",
            **dict.fromkeys(("quantities.parquet", "contributions.parquet"), "estimate"),
            **dict.fromkeys(("accounting.tsv", "depth.tsv", "budget.tsv"), "estimate"),
            **dict.fromkeys(("scenario_checks.tsv", "applicability.tsv"), "estimate"),
            **dict.fromkeys(("contrasts.tsv", "drivers.tsv"), "compare"),
        }
        return {Path(n).stem: str(self.folder / stage / n) for n, stage in names.items()}

    def write(self) -> None:
        paths = self.inputs()
        Path(paths["ledger"]).parent.mkdir(parents=True, exist_ok=True)
        Path(paths["ledger"]).write_text(json.dumps(self.ledger), encoding="utf-8")
        write_tsv(self.resolution[["feature", "lineage"]], paths["features"])
        write_tsv(self.metadata, paths["samples"])
        write_tsv(self.accounting[["sample", "reads"]], paths["depth"])
        write_tsv(self.accounting.drop(columns="reads"), paths["accounting"])
        for name in ("resolution", "taxa", "contrasts", "drivers", *SCENARIO):
            write_tsv(getattr(self, name), paths[name])
        for name in ("capabilities", "quantities", "contributions"):
            write_parquet(getattr(self, name), paths[name])

    def content(self) -> Content:
        """What the page would show, without drawing it."""
        self.write()
        return Content(read(self.inputs()), self.stage_settings(), knowledge.load())

    def stage_settings(self) -> Settings:
        contrasts = self.settings["contrast_settings"]
        others = {k: v for k, v in self.settings.items() if k != "contrast_settings"}
        return Settings(contrasts=contrasts, **others)

    def run(self) -> str:
        self.write()
        run(
            **self.inputs(),
            report_out=str(self.report),
            figures_out=str(self.report.with_name("figures")),
            manifest_out=str(self.report.with_name("manifest.tsv")),
            brief_out=str(self.report.with_name("brief.json")),
            **self.settings,
        )
        return self.html


def quantity_rows(names: list[str], random: np.random.Generator) -> pd.DataFrame:
    shares = [f"share:{c.name}" for c in knowledge.load().capabilities]
    blocks = []
    for place, quantity in enumerate([*shares, "precursor_balance"]):
        is_share = quantity.startswith("share:")
        level = 0.02 + 0.04 * place if is_share else -0.6
        mean = level + random.normal(0, 0.01 if is_share else 0.5, len(names))
        mean = mean.clip(0.001, 0.999) if is_share else mean
        sd = np.full(len(names), 0.004 if is_share else 0.2)
        cuts = {"q05": -1.64, "q25": -0.67, "q50": 0.0, "q75": 0.67, "q95": 1.64}
        ends = {name: mean + cut * sd for name, cut in cuts.items()}
        block = {"sample": names, "quantity": quantity}
        block |= {"unit": "share of cells" if is_share else "log2 ratio", "mean": mean, "sd": sd}
        block |= {f"all_{end}": mean + 1.2 * cuts[end] * sd for end in ("q05", "q95")}
        block |= ends | {"assessable": True, "reason": "", "assessable_cells": 0.93}
        blocks.append(pd.DataFrame(block))
    return pd.concat(blocks, ignore_index=True)


def mass_rows(names: list[str], random: np.random.Generator) -> pd.DataFrame:
    """A mass balance that adds up in every sample, and what it contributes."""
    size = len(names)
    parts = random.dirichlet([3, 5, 6, 8], size) * 200.0
    routes = random.dirichlet([5, 1, 1, 1, 4], size) * parts[:, [1]]
    released = random.uniform(0.1, 0.5, size)
    values = dict(zip(("biomass", "diverted", "excreted", "left"), parts.T, strict=True))
    values |= {"reaching": 200.0 - released, "released": released}
    values |= {f"diverted:{name}": routes[:, n] for n, name in enumerate(ROUTES)}
    table = {f"mass:{name}": (mean, "mg/day") for name, mean in values.items()}
    for other in ("median", "inert"):
        against = random.normal(-3, 2, size)
        table[f"gut_contribution:{other}"] = (against, "mg/day")
        percent = (against / 8, "% of dietary tryptophan")
        table[f"gut_contribution_percent:{other}"] = percent
    blocks = []
    for quantity, (mean, unit) in table.items():
        low, high = (0.3, 2.5) if quantity.startswith("mass:") else (4.0, -2.0)
        block = {"sample": names, "quantity": quantity, "unit": unit, "mean": mean}
        block |= {"sd": np.abs(mean), "q05": low * mean, "q25": mean, "q50": mean, "q75": mean}
        block |= {"q95": high * mean, "all_q05": np.nan, "all_q95": np.nan}
        block |= {"assessable": True, "reason": "", "assessable_cells": 0.9}
        blocks.append(pd.DataFrame(block))
    return pd.concat(blocks, ignore_index=True)


def budget_rows() -> pd.DataFrame:
    sources = {"counts": 0.01, "copy number": 0.09, "prevalence": 0.5, "unresolved taxa": 0.02}
    sources |= {"prior:mucosal_rate": 0.25, "prior:release": 0.03, "interactions": 0.1}
    rows = [
        {"quantity": quantity, "source": source, "mean": mean, "q05": mean / 2, "q95": mean * 2}
        for quantity in ("precursor_balance", "mass:left", "gut_contribution:median")
        for source, mean in sources.items()
    ]
    return pd.DataFrame(rows).assign(samples=20)


def check_rows() -> pd.DataFrame:
    own = {"quantity": "mass:diverted:indole", "unit": "mg tryptophan/day"}
    own |= {
        "q05": 1.2,
        "q50": 12.0,
        "q95": 65.1,
        "reported": "9 to 36 umol",
        "conversion": "by hand",
    }
    own |= {"source": "Somebody, a journal", "note": "Of 68 persons."}
    figures = [("Indican", 14.7, 148.0, "true"), ("Far off", 150.0, 150.0, "false")]
    names = ("figure", "literature_low", "literature_high", "agrees")
    return pd.DataFrame([own | dict(zip(names, figure, strict=True)) for figure in figures])


def applicability_rows(names: list[str]) -> pd.DataFrame:
    table = pd.DataFrame({"sample": names, "nearest": "POYET", "distance": 0.2, "limit": 0.4})
    return table.assign(like_training="true")


def contribution_rows(quantities: pd.DataFrame, random: np.random.Generator) -> pd.DataFrame:
    shares = quantities[quantities["quantity"].str.startswith("share:") & quantities["assessable"]]
    taxa = [*TAXA, "rest"]
    parts = random.dirichlet(np.linspace(4, 0.5, len(taxa)), len(shares))
    table = pd.DataFrame(
        {
            "sample": shares["sample"].repeat(len(taxa)).to_numpy(),
            "taxon": taxa * len(shares),
            "quantity": shares["quantity"].repeat(len(taxa)).to_numpy(),
            "mean": (parts * shares["mean"].to_numpy()[:, None]).ravel(),
            "share": parts.ravel(),
        }
    )
    return table


def contrast_rows(names: list[str], quantities: list[str], random: np.random.Generator):
    rows = []
    for name in names:
        for quantity in quantities:
            if quantity == "share:trp_auxotrophy":
                continue
            effect, se = random.normal(0, 0.4), 0.15
            row = [name, quantity, "log2 odds ratio", effect, se, effect - 2 * se, effect + 2 * se]
            row += [
                20.0,
                0.0123,
                0.0456,
                0.0137,
                512,
                0.41,
                0.47,
                0.06,
                60,
                10,
                "linear mixed model",
                True,
                "",
                np.nan,
                np.nan,
            ]
            rows.append(row)
    return pd.DataFrame(rows, columns=CONTRAST_COLUMNS)


def driver_rows(names: list[str], random: np.random.Generator) -> pd.DataFrame:
    sides = ("share:trp_synthesis", "share:trp_diversion")
    rows = [
        {"contrast": n, "quantity": q, "taxon": t, "part": random.normal(0, 0.02), "share": 0.1}
        for n, q in [*product(names, sides), *product(names, ["precursor_balance"])]
        for t in [*TAXA, "rest"]
    ]
    table = pd.DataFrame(rows, columns=["contrast", "quantity", "taxon", "part", "share"])
    ends = {"lower": table["part"] - 0.01, "upper": table["part"] + 0.01}
    without = np.where(table["taxon"] == "rest", np.nan, 0.034)
    told = {"agrees_sign": "true", "reason": ""}
    return table.assign(term="", **ends, difference_without=without, **told)


def capability_rows() -> pd.DataFrame:
    rows = [
        {"taxon": t, "capability": c.name, "mean": 0.4, "sd": 0.1, "q05": 0.2, "q95": 0.6}
        | {"genomes": 45, "positives": 18, "species": 9, "positive_species": 4}
        | {"level": "genus", "source": "mcseed", "assessable": True, "reason": ""}
        for t in TAXA
        for c in knowledge.load().capabilities
    ]
    return pd.DataFrame(rows)


def resolution_rows(names: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    lineages = [f"d__Bacteria;f__Some;{taxon}" for taxon in TAXA] + ["d__Bacteria;p__Unheard"]
    tiers = ["genus"] * len(GENERA) + ["family", "bacteria"]
    table = pd.DataFrame({"feature": [f"OTU{i}" for i in range(len(lineages))]})
    table = table.assign(lineage=lineages, cleaned=lineages, nomenclature="gtdb", rank=tiers)
    table = table.assign(rule="exact", tier=tiers, taxon=[*TAXA, ""], genomes=45, species=9)
    table["reads"] = [1000.0 * names] * len(TAXA) + [512.0 * names]
    table["share"] = table["reads"] / table["reads"].sum()
    table["alternatives"] = ""
    taxa = pd.DataFrame({"taxon": TAXA, "label": [*GENERA, "Lachnospiraceae (family)"]})
    return table, taxa.assign(tier="genus", genomes=45, species=9, members="a;b")


def make(folder: Path, metadata: pd.DataFrame, **settings: Any) -> Made:
    """Make a cohort of the samples of `metadata`, the same each time."""
    random = np.random.default_rng(7)
    names = list(metadata["sample"])
    quantities = quantity_rows(names, random)
    tested = list(quantities["quantity"].unique())
    contrasts = settings.get("contrast_settings", {})
    resolution, taxa = resolution_rows(len(names))
    shares = dict.fromkeys(TIERS, 0.0) | {"genus": 0.8, "family": 0.13, "bacteria": 0.07}
    ledger = {"values": "counts", "format": "BIOM 2.1", "orientation": "features_as_rows"}
    ledger |= {"samples_in": len(names), "samples_out": len(names), "total": 7512.0 * len(names)}
    ledger |= {"features_in": len(resolution), "features_out": len(resolution)}
    ledger |= {"subject_column": settings.get("subject_column"), "sample_column": "sample"}
    lists = ("empty_samples", "samples_without_metadata", "metadata_without_samples", "notes")
    masses = mass_rows(names, np.random.default_rng(8))
    return Made(
        folder=folder,
        metadata=metadata,
        quantities=pd.concat([quantities, masses], ignore_index=True),
        contributions=contribution_rows(quantities, random),
        accounting=pd.DataFrame({"sample": names, "reads": 7512.0}).assign(**shares),
        resolution=resolution,
        taxa=taxa,
        capabilities=capability_rows(),
        contrasts=contrast_rows(list(contrasts), tested, random),
        drivers=driver_rows(list(contrasts), random),
        budget=budget_rows(),
        scenario_checks=check_rows(),
        applicability=applicability_rows(names),
        ledger=ledger | {key: [] for key in lists},
        settings={
            **{"cohort": "made", "title": "A made-up cohort", "description": "", "citation": ""},
            **{"subject_column": None, "groups": [], "contrast_settings": {}},
            **{"estimate": {"copy_number": True, "min_assessable": 0.5, "cover": 0.95}},
            **{"compare": {"confidence": 0.95, "drivers": 20}, "seed": 1},
            **settings,
        },
    )


def ordination_rows(names: list[str]) -> pd.DataFrame:
    random = np.random.default_rng(1)
    rows = [
        {"metric": m, "sample": s, "axis": a, "value": random.normal(), "explained": 0.4 / a}
        for m in ("aitchison", "bray_curtis")
        for s in names
        for a in (1, 2, 3)
    ]
    return pd.DataFrame(rows)


def unassessable(made: Made, samples: list[str], reason: str = "no reads") -> None:
    """Make samples not assessable in every quantity."""
    rows = made.quantities["sample"].isin(samples)
    numbers = ["mean", "sd", "q05", "q25", "q50", "q75", "q95", "all_q05", "all_q95"]
    made.quantities.loc[rows, numbers] = np.nan
    made.quantities.loc[rows, "assessable_cells"] = 0.0
    made.quantities.loc[rows, "assessable"] = False
    made.quantities.loc[rows, "reason"] = reason
    made.contributions = made.contributions[~made.contributions["sample"].isin(samples)]
    empty = made.accounting["sample"].isin(samples)
    made.accounting.loc[empty, list(TIERS)] = np.nan
    made.accounting.loc[empty, "reads"] = 0.0


@pytest.fixture(scope="session")
def crossover() -> pd.DataFrame:
    """Metadata of four persons, each on two diets, before and during."""
    rows = [
        {"sample": f"{who}{diet[0]}{phase[0]}{day}", "person": who, "diet": diet, "phase": phase}
        for who in ("P1", "P2", "P3", "P4")
        for diet in ("plant", "animal")
        for phase in ("baseline", "diet")
        for day in (1, 2)
    ]
    return pd.DataFrame(rows)


@pytest.fixture(scope="session")
def design() -> dict[str, Any]:
    """Settings that go with `crossover`."""
    own = {"column": "phase", "reference": "baseline", "level": "diet", "adjust": []}
    plant = own | {"title": "Plant diet against its own baseline", "where": {"diet": "plant"}}
    animal = own | {"title": "Animal diet against its own baseline", "where": {"diet": "animal"}}
    return {
        "groups": ["diet", "phase"],
        "subject_column": "person",
        "contrast_settings": {
            "plant": plant | {"interaction": None},
            "animal": animal | {"interaction": None},
        },
    }
