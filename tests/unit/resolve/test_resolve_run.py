"""The stage as a whole: a row for every feature, whatever its text."""

import csv
from pathlib import Path

import biom
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tryptome.knowledge import load
from tryptome.knowledge.names import NameIndex
from tryptome.knowledge.sets import Groups
from tryptome.resolve.lineage import parse
from tryptome.resolve.resolver import Resolver
from tryptome.resolve.run import RESOLUTION, run
from tryptome.tables import read_tsv, write_biom, write_tsv

BLAUTIA = (
    "d__Bacteria;p__Firmicutes_A;c__Clostridia;o__Lachnospirales;f__Lachnospiraceae;g__Blautia"
)
TIERS = {
    "species", "genus", "family", "bacteria", "archaea", "eukaryota", "organelle", "unassigned",
}  # fmt: skip
HOSTILE = [
    "",
    "=> HYPERLINK(\"http://x\")",
    "k__Bacteria;" * 2000,
    "g__" + "A" * 10_000,
    "细菌;厚壁菌门;梭菌纲",
    "бактерии;p__\u202eetag",
    "d__Bacteria;g__Bla\x00utia\x1b[31m",
    "d__Bacteria\tp__x\n\"quoted\"",
    "D_99__x;D_0__",
    ";;;|||",
    "s_1",
    "g__[[[;s__]]]/",
    "/-/-/",
    "Escherichia" * 900,
]  # fmt: skip


def stage(
    folder: Path, lineages: list[str], counts: np.ndarray
) -> tuple[pd.DataFrame, pd.DataFrame]:
    ids = [f"f{i:03d}" for i in range(len(lineages))][::-1]
    table = biom.Table(counts, ids, [f"s{j}" for j in range(counts.shape[1])])
    write_biom(table, folder / "table.biom")
    write_tsv(pd.DataFrame({"feature": ids, "lineage": lineages}), folder / "features.tsv")
    run(
        str(folder / "table.biom"),
        str(folder / "features.tsv"),
        resolution_out=str(folder / "resolution.tsv"),
        taxa_out=str(folder / "taxa.tsv"),
    )
    return (
        read_tsv(folder / "resolution.tsv", numeric=("reads", "share", "genomes", "species")),
        read_tsv(folder / "taxa.tsv", numeric=("genomes", "species")),
    )


def test_one_row_a_feature_in_order_with_its_reads(tmp_path: Path) -> None:
    lineages = [BLAUTIA, "d__Bacteria;p__Firmicutes_A;f__Lachnospiraceae;g__", BLAUTIA, ""]
    counts = np.array([[1, 2], [0, 3], [4, 0], [0, 10]], dtype=float)
    rows, taxa = stage(tmp_path, lineages, counts)
    assert list(rows.columns) == RESOLUTION
    assert rows["feature"].tolist() == ["f003", "f002", "f001", "f000"]
    assert rows["lineage"].tolist() == lineages
    assert rows["reads"].tolist() == [3, 3, 4, 10]
    assert rows["share"].tolist() == pytest.approx([0.15, 0.15, 0.2, 0.5])
    assert rows["tier"].tolist() == ["genus", "family", "genus", "unassigned"]
    assert set(rows["nomenclature"]) == {"gtdb"}
    assert taxa["taxon"].tolist() == ["f__Lachnospiraceae", "g__Blautia"]
    groups = Groups.of(load().species)
    for row in taxa.itertuples():
        assert set(row.members.split(";")) == groups.read(row.taxon)
        assert row.species == len(groups.read(row.taxon))
        assert row.genomes >= row.species > 0


def test_hostile_text_becomes_a_row_and_ids_stay(tmp_path: Path) -> None:
    rows, _ = stage(tmp_path, HOSTILE, np.ones((len(HOSTILE), 2)))
    assert rows["feature"].tolist() == [f"f{i:03d}" for i in range(len(HOSTILE))][::-1]
    assert set(rows["tier"]) <= TIERS
    assert rows["share"].sum() == pytest.approx(1)
    assert all(text.isprintable() for text in rows["cleaned"])
    with (tmp_path / "resolution.tsv").open(encoding="utf-8", newline="") as handle:
        assert {len(row) for row in csv.reader(handle, delimiter="\t")} == {len(RESOLUTION)}


def test_the_same_bytes_again(tmp_path: Path) -> None:
    outputs = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        stage(tmp_path / name, [BLAUTIA, *HOSTILE], np.ones((len(HOSTILE) + 1, 1)))
        files = ("resolution.tsv", "taxa.tsv")
        outputs.append([(tmp_path / name / file).read_bytes() for file in files])
    assert outputs[0] == outputs[1]


def test_a_table_without_reads_has_shares_of_zero(tmp_path: Path) -> None:
    rows, _ = stage(tmp_path, [BLAUTIA], np.zeros((1, 2)))
    assert rows["share"].tolist() == [0]


@pytest.fixture(scope="module")
def resolver() -> Resolver:
    return Resolver(NameIndex.read(), Groups.of(load().species), "unknown")


PIECES = st.sampled_from(
    ["d__", "k__", "g__", "s__", "D_5__", "Bacteria", "Blautia", "Clostridium", " ", "_", ";", "|",
     "/", "-", "[", "]", "XlVa", "group", "obeum", "(100)", "aceae", "\x00", "é", "sp.", "9"]
)  # fmt: skip


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=25).map("".join)))
@example("s__0_/")
@example("g__Escherichia;s__Escherichia coli/")
def test_any_text_resolves_to_some_tier(resolver: Resolver, text: str) -> None:
    found = resolver.resolve(parse(text))
    assert found.tier in TIERS
    assert bool(found.taxon) == (found.tier in {"species", "genus", "family"})
    resolver.groups.read(found.taxon)
