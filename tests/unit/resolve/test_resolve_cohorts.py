"""Share of genus-named reads that resolve, on real tables."""

import os
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from tryptome.knowledge import load
from tryptome.resolve.lineage import parse
from tryptome.resolve.run import resolve

pytestmark = pytest.mark.data

FORMATS = {
    "david": ("mothur_david_diet/abundance.csv.gz", "mothur_david_diet/mothur_placements.csv"),
    "karelia": ("dada2_karelia/abundance.csv.gz", "dada2_karelia/dada2_placements.csv"),
}

# By table: nomenclature, and least shares of genus-named reads at genus or species and
# with the family. The bounds lie just below what was measured; the rest is mostly of
# families without a genome in the reference (CAG-508, CAG-74, UBA1381, UBA932, CAG-138).
BOUNDS = {
    "HE_INFANTS_MFGM_2019": ("gtdb", 0.99, 0.998),
    "JACOBS_IBD_FAMILIES_2016": ("gtdb", 0.95, 0.98),
    "KANG_AUTISM_2017": ("gtdb", 0.935, 0.975),
    "KIM_ADENOMAS_2020": ("gtdb", 0.925, 0.96),
    "POYET_BIO_ML_2019": ("gtdb", 0.96, 0.975),
    "SINHA_CRC_2016": ("gtdb", 0.995, 0.998),
    "WANDRO_PRETERMS_2018": ("gtdb", 0.975, 0.999),
    "david": ("rdp", 0.999, 0.999),
    "karelia": ("rdp", 0.99, 0.999),
    "turnbaugh_gg": ("greengenes", 0.99, 0.999),
    "turnbaugh_refseq": ("ncbi", 0.98, 0.999),
    "barplot": ("silva", 0.95, 0.98),
}


@pytest.fixture(scope="module")
def data() -> Path:
    if "TRYPTOME_DATA" not in os.environ:
        pytest.skip("TRYPTOME_DATA is not set")
    return Path(os.environ["TRYPTOME_DATA"])


def _features(lineages: list[str], reads: list[float]) -> pd.DataFrame:
    ids = [str(i) for i in range(len(lineages))]
    return pd.DataFrame({"feature": ids, "lineage": lineages, "reads": reads})


def _cohort(data: Path, name: str) -> pd.DataFrame:
    file = next((data / "cohorts" / name).glob("genera*.tsv"))
    reads = pd.read_csv(file, sep="\t", index_col=0).sum()
    return _features(reads.index.tolist(), reads.tolist())


def _placed(data: Path, name: str) -> pd.DataFrame:
    table, placements = (data / "formats" / file for file in FORMATS[name])
    reads = pd.read_csv(table, index_col=0).sum()
    names = pd.read_csv(placements, index_col=0, dtype=str, keep_default_na=False)
    lineages = names.apply(";".join, axis=1).reindex(reads.index, fill_value="")
    return _features(lineages.tolist(), reads.tolist())


def _turnbaugh(data: Path, name: str) -> pd.DataFrame:
    file = data / "formats/mlrepo_turnbaugh_twins" / f"{name.split('_')[1]}__taxatable.txt"
    reads = pd.read_csv(file, sep="\t", index_col=0, keep_default_na=False).sum(axis=1)
    return _features(reads.index.tolist(), reads.tolist())


def _barplot(data: Path, name: str) -> pd.DataFrame:
    table = pd.read_csv(data / "formats/q2_barplot_csv/level-6.csv", index_col=0)
    reads = table.filter(regex="__|Unassigned").sum()
    return _features(reads.index.tolist(), reads.tolist())


def _reader(name: str) -> Callable[[Path, str], pd.DataFrame]:
    if name in FORMATS:
        return _placed
    return {"turnbaugh": _turnbaugh, "barplot": _barplot}.get(name.partition("_")[0], _cohort)


@pytest.mark.parametrize("name", BOUNDS)
def test_most_named_reads_resolve(data: Path, name: str) -> None:
    nomenclature, at_genus, at_family = BOUNDS[name]
    rows = resolve(_reader(name)(data, name), load())
    assert set(rows["nomenclature"]) == {nomenclature}
    named = rows[[("genus" in parse(text).names) for text in rows["lineage"]]]
    shares = named.groupby("tier")["reads"].sum() / named["reads"].sum()
    fine = shares.reindex(["species", "genus"]).sum()
    print(f"{name}: {fine:.4f} at genus or species, {fine + shares.get('family', 0):.4f} in all")
    assert fine >= at_genus
    assert fine + shares.get("family", 0) >= at_family


def test_both_greengenes_name_the_same_features_alike(data: Path) -> None:
    """The moving pictures' features, named by Greengenes2 and by Greengenes 13_8."""
    import io
    import zipfile

    found = []
    for version in ("2", "13-8"):
        archive = data / "formats/q2_taxonomy_gg2" / f"moving-pics-taxonomy-gg-{version}.qza"
        with zipfile.ZipFile(archive) as zipped:
            inner = next(n for n in zipped.namelist() if n.endswith("data/taxonomy.tsv"))
            table = pd.read_csv(io.BytesIO(zipped.read(inner)), sep="\t").sort_values("Feature ID")
        features = _features(table["Taxon"].tolist(), [1.0] * len(table))
        rows = resolve(features, load())
        found.append(rows.assign(feature=table["Feature ID"].tolist()).set_index("feature"))
    new, old = found
    assert set(new["nomenclature"]) == {"greengenes2"}
    assert set(old["nomenclature"]) == {"greengenes"}
    both = new["tier"].isin(["species", "genus"]) & old["tier"].isin(["species", "genus"])
    assert both.sum() > 200
    from tryptome.knowledge.sets import Groups

    groups = Groups.of(load().species)
    overlap = [
        bool(groups.read(one) & groups.read(other))
        for one, other in zip(new.loc[both, "taxon"], old.loc[both, "taxon"], strict=True)
    ]
    print(f"{both.sum()} features resolved by both, {sum(overlap) / len(overlap):.3f} overlap")
    assert sum(overlap) / len(overlap) > 0.9
