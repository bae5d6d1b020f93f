"""Two cohorts of different nomenclature and metadata names, pooled by the real workflow."""

import numpy as np
import pandas as pd
import pytest

GENERA = {
    "Bacteroides": "Bacteroidota;Bacteroidia;Bacteroidales;Bacteroidaceae",
    "Prevotella": "Bacteroidota;Bacteroidia;Bacteroidales;Bacteroidaceae",
    "Alistipes": "Bacteroidota;Bacteroidia;Bacteroidales;Rikenellaceae",
    "Blautia": "Bacillota;Clostridia;Lachnospirales;Lachnospiraceae",
    "Faecalibacterium": "Bacillota;Clostridia;Oscillospirales;Ruminococcaceae",
    "Roseburia": "Bacillota;Clostridia;Lachnospirales;Lachnospiraceae",
    "Bifidobacterium": "Actinomycetota;Actinomycetes;Bifidobacteriales;Bifidobacteriaceae",
    "Escherichia": "Pseudomonadota;Gammaproteobacteria;Enterobacterales;Enterobacteriaceae",
}
RENAMED = {
    "Bacillota": "Firmicutes",
    "Bacteroidota": "Bacteroidetes",
    "Actinomycetota": "Actinobacteria",
    "Pseudomonadota": "Proteobacteria",
    "Lachnospirales": "Clostridiales",
    "Oscillospirales": "Clostridiales",
}
DIVERTS = "Escherichia"
"""Makes indole in nearly every genome: five times as much of it in cases is the planted truth."""

CONFIG = """\
cohorts:
  first:
    table: first.tsv
    metadata: first_samples.tsv
  second:
    table: second.tsv
    metadata: second_samples.tsv
    subject_column: who
contrasts:
  illness: {column: group, reference: control, level: case}
  stages: {formula: "stage", reference: early}
pool:
  questions:
    late: {contrasts: {first: stages, second: stages}, term: "stage: late against early"}
    illness:
      title: "Ill <b>against</b> well"
      contrasts: {first: illness, second: illness}
  metadata:
    group:
      first: {column: status}
      second: {column: "Dx", levels: {"0": control, "1": case}}
    age:
      first: {column: Age}
"""


def gtdb(genus):
    return ";".join(
        f"{rank}__{name}"
        for rank, name in zip("dpcofg", ["Bacteria", *GENERA[genus].split(";"), genus], strict=True)
    )


def greengenes(genus):
    names = ["Bacteria", *(RENAMED.get(name, name) for name in GENERA[genus].split(";")), genus]
    return "; ".join(f"{rank}__{name}" for rank, name in zip("kpcofg", names, strict=True))


def counts(rng, cases):
    weights = np.tile(rng.uniform(2, 10, len(GENERA)), (len(cases), 1))
    weights[:, list(GENERA).index(DIVERTS)] *= np.where(cases, 5.0, 1.0)
    return np.array([rng.multinomial(5000, rng.dirichlet(row * 4)) for row in weights])


@pytest.fixture(scope="module")
def pooled(tmp_path_factory, command):
    """Results folder of a run over both cohorts."""
    folder = tmp_path_factory.mktemp("pool")
    rng = np.random.default_rng(5)
    cases = np.arange(16) % 2 == 0
    for name, lineage in (("first", gtdb), ("second", greengenes)):
        samples = [f"{name}{place:02d}" for place in range(16)]
        table = pd.DataFrame(counts(rng, cases), samples, [lineage(genus) for genus in GENERA])
        table.T.to_csv(folder / f"{name}.tsv", sep="\t", index_label="lineage")
        label = np.where(cases, "case", "control") if name == "first" else cases.astype(int)
        column, who = ("status", "Age") if name == "first" else ("Dx", "who")
        metadata = {"sample": samples, column: label, who: [f"{40 + n}" for n in range(16)]}
        metadata["stage"] = ["early", "late", "late", "middle"] * 4
        pd.DataFrame(metadata).to_csv(folder / f"{name}_samples.tsv", sep="\t", index=False)
    (folder / "config.yaml").write_text(CONFIG)
    target = ("--", "results/pooled/report.html")
    done = command("run", "config.yaml", "--cores", "2", *target, cwd=folder)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    assert "Cohorts together: results/pooled/report.html" in done.stdout
    return folder / "results" / "pooled"


def read(pooled, name):
    return pd.read_csv(pooled / f"{name}.tsv", sep="\t")


def test_the_planted_difference_is_pooled_in_its_direction(pooled):
    table = read(pooled, "pooled").query("question == 'illness'").set_index("quantity")
    effects = read(pooled, "effects").query("question == 'illness'")
    effects = effects.set_index(["quantity", "cohort"])
    indole = table.loc["share:indole"]
    assert indole["effect"] > 0
    assert indole["cohorts"] == 2
    one, two = (effects.loc[("share:indole", name)] for name in ("first", "second"))
    assert indole["effect"] == pytest.approx(
        one["weight"] * one["effect"] + two["weight"] * two["effect"], abs=1e-6
    )
    assert "two cohorts" in indole["note"]
    assert np.isnan(indole["predicted_lower"])


def test_of_three_levels_the_term_that_is_named_is_pooled(pooled):
    effects = read(pooled, "effects").query("question == 'late' and quantity == 'share:indole'")
    assert set(effects["term"]) == {"stage: late against early"}
    for _, row in effects.iterrows():
        path = pooled.parent / "cohorts" / row["cohort"] / "compare" / "contrasts.tsv"
        own = pd.read_csv(path, sep="\t").query("contrast == 'stages'")
        own = own[own["quantity"] == "share:indole"].set_index("term")
        assert len(own) == 2
        assert row["effect"] == own.loc["stage: late against early", "effect"]


def test_what_cannot_be_told_in_both_is_said(pooled):
    table = read(pooled, "pooled")
    others = table[~table["poolable"]]
    assert len(others)
    assert others["effect"].isna().all()
    assert others["reason"].str.contains("two are needed").all()


def test_one_cohort_left_says_so(pooled):
    table = read(pooled, "leave_one_out")
    assert set(table["left_out"]) == {"first", "second"}
    assert table["effect"].isna().all()
    assert table["reason"].str.startswith("one cohort is left").all()


def test_harmonised_metadata_have_one_name(pooled):
    table = pd.read_csv(pooled / "harmonised.tsv", sep="\t", dtype={"person": str, "age": str})
    assert list(table.columns[:5]) == ["cohort", "sample", "person", "group", "age"]
    assert table.groupby("cohort").size().to_dict() == {"first": 16, "second": 16}
    assert table.groupby("cohort")["group"].value_counts().to_dict() == {
        (cohort, level): 8 for cohort in ("first", "second") for level in ("case", "control")
    }
    assert table.loc[table["cohort"] == "second", "person"].iloc[0] == "40"
    assert table.loc[table["cohort"] == "second", "age"].isna().all()
    cases = table[(table["group"] == "case")].groupby("cohort")["share:indole"].mean()
    controls = table[(table["group"] == "control")].groupby("cohort")["share:indole"].mean()
    assert (cases > controls).all()


def test_the_page_and_its_figures(pooled):
    html = (pooled / "report.html").read_text(encoding="utf-8")
    assert "Ill &lt;b&gt;against&lt;/b&gt; well" in html
    assert "<b>against" not in html
    assert "http" not in html.replace("http-equiv", "").replace("http://www.w3.org", "")
    names = {path.name for path in (pooled / "figures").iterdir()}
    for suffix in ("svg", "png", "pdf"):
        assert {f"overview-illness.{suffix}", f"forest-illness.{suffix}"} <= names
    single = {path.name for path in (pooled / "figures" / "single").iterdir()}
    assert {"forest-illness.svg", "forest-illness.pdf"} <= single
