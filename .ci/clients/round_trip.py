"""Round trip through the real QIIME 2, with ids and counts intact.

Usage: round_trip.py FOLDER. The canonical table of an awkward cohort is imported by
`qiime tools import` and exported again; the artifacts that QIIME 2 makes are read
by tryptome. QIIME 2 comes from Debian's packages, which are installed where they
are missing and this runs as root; elsewhere nothing is checked, and that is said.
"""

import sys
from pathlib import Path

import biom
import numpy as np
from system import install, run

from tryptome.errors import FormatError
from tryptome.ingest import load_cohort
from tryptome.ingest.run import write

PACKAGES = ("qiime", "q2cli", "q2-types")
FEATURES = ["0" * 31 + "a", "ACGT" * 40, "k__Bacteria; p__Firmicutes", "a=b", "1e5", "007"]
# ASCII only: the biom-format that Debian ships cannot read other ids, its own included.
SAMPLES = ["001", "S-1", "S.1", "a b", "2020-01-05", "<b>", "X" * 200]
TABLE, TAXONOMY = "FeatureTable[Frequency]", "FeatureData[Taxonomy]"
MAKE_ARTIFACTS = """
import biom, qiime2
table = qiime2.Artifact.load("table.qza").view(biom.Table)
for kind, values in (("RelativeFrequency", table.norm(inplace=False)),
                     ("PresenceAbsence", table.pa(inplace=False)),
                     ("Composition", biom.Table(table.matrix_data.toarray() + 1,
                                                table.ids("observation"), table.ids()))):
    qiime2.Artifact.import_data(f"FeatureTable[{kind}]", values).save(f"{kind}.qza")
"""
"""Run by the Python that QIIME 2 is installed for."""


def qiime_import(folder: Path, kind: str, source: str, form: str, target: str) -> None:
    """Import a file as an artifact."""
    options = ["--type", kind, "--input-format", form, "--input-path", source]
    run(folder, "qiime", "tools", "import", *options, "--output-path", target)


def canonical(folder: Path) -> biom.Table:
    """Write the canonical table of a cohort and the taxonomy of its features; give its source."""
    counts = np.random.default_rng(7).poisson(2.0, (len(FEATURES), len(SAMPLES)))
    counts[0, 0] = 2**31 + 1
    counts[:, 3] = 0
    source = biom.Table(counts, FEATURES, SAMPLES)
    (folder / "source.biom").write_text(source.to_json("a test"))
    names = ("table.biom", "features.tsv", "samples.tsv", "ledger.json")
    cohort = load_cohort(folder / "source.biom")
    write(cohort, *(str(folder / name) for name in names))
    rows = [f"{name}\tk__Bacteria; g__Genus{number}" for number, name in enumerate(FEATURES)]
    (folder / "taxonomy.tsv").write_text("\n".join(["Feature ID\tTaxon", *rows, ""]))
    return source


def same(table: biom.Table, source: biom.Table) -> None:
    """Check that ids, their order and all counts are those of the source."""
    assert list(table.ids("observation")) == list(source.ids("observation"))
    assert list(table.ids()) == list(source.ids())
    np.testing.assert_array_equal(table.matrix_data.toarray(), source.matrix_data.toarray())


def check(folder: Path, source: biom.Table) -> None:
    """Go through QIIME 2 and back."""
    qiime_import(folder, TABLE, "table.biom", "BIOMV210Format", "table.qza")
    qiime_import(folder, TAXONOMY, "taxonomy.tsv", "TSVTaxonomyFormat", "taxonomy.qza")
    export = ["--input-path", "table.qza", "--output-path", "exported"]
    run(folder, "qiime", "tools", "export", *export)
    same(biom.load_table(folder / "exported" / "feature-table.biom"), source)
    cohort = load_cohort(folder / "table.qza", folder / "taxonomy.qza")
    read = cohort.table
    same(biom.Table(read.values, read.features, read.samples), source)
    assert list(cohort.features["lineage"])[-1] == "k__Bacteria; g__Genus5"
    run(folder, "/usr/bin/python3", "-c", MAKE_ARTIFACTS)
    assert load_cohort(folder / "RelativeFrequency.qza").ledger["values"] == "relative"
    for kind in ("PresenceAbsence", "Composition"):
        try:
            load_cohort(folder / f"{kind}.qza")
        except FormatError as error:
            assert f"FeatureTable[{kind}]" in error.what, error
        else:
            raise AssertionError(f"FeatureTable[{kind}] was read")


def main() -> int:
    """Check, or say why not."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True)
    if not install(("qiime",), PACKAGES):
        print(f"not checked: QIIME 2 is missing; as root: apt-get install {' '.join(PACKAGES)}")
        return 0
    check(folder, canonical(folder))
    print("QIIME 2 reads what ingest writes, and ingest what QIIME 2 writes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
