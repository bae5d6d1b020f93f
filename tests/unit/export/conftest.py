"""A part of the demo, taken through the real stages up to the export."""

from pathlib import Path
from types import SimpleNamespace

import biom
import pandas as pd
import pytest

from tryptome.annotate.run import run as annotate
from tryptome.estimate.run import run as estimate
from tryptome.export.run import run as export
from tryptome.ingest.run import run as ingest
from tryptome.paths import resource
from tryptome.resolve.run import run as resolve

OUTPUTS = {
    "biom": "capabilities.biom",
    "frequencies": "capabilities.qza",
    "quantities": "quantities.qza",
    "left_out": "left_out.tsv",
    "otu": "phyloseq/otu.csv",
    "tax": "phyloseq/tax.csv",
    "sample_data": "phyloseq/sample_data.csv",
    "long": "long.parquet",
    "long_text": "long.tsv.gz",
    "general": "multiqc/a_general_mqc.json",
    "tiers": "multiqc/a_tiers_mqc.json",
    "headlines": "multiqc/a_quantities_mqc.json",
}
ESTIMATES = (
    *("composition.biom", "quantities.parquet", "contributions.parquet", "accounting.tsv"),
    *("depth.tsv", "applicability.tsv", "budget.tsv", "scenario_checks.tsv"),
)
HOSTILE = ["<script>alert(1)</script>", "001", 'a "quoted", id', "1e5", "S1.fastq.gz", "ä b"]


def outputs(folder: Path, *names: str) -> dict[str, str]:
    return {f"{Path(name).stem}_out": str(folder / name) for name in names}


def source(folder: Path) -> None:
    """Twelve samples of the demo, some under awkward ids, and one without reads."""
    table = biom.load_table(str(resource("demo", "david2014.biom")))
    names = [str(name) for name in table.ids()][:12]
    frame = table.filter(set(names), inplace=False).to_dataframe(dense=True).astype(int)
    frame.columns = HOSTILE + list(frame.columns)[len(HOSTILE) :]
    frame["empty"] = 0
    frame.to_csv(folder / "table.tsv", sep="\t", index_label="lineage")
    facts = pd.DataFrame({"sample": frame.columns, "note": 'a, "b" & <i>c</i>', "age": 30})
    facts.to_csv(folder / "metadata.tsv", sep="\t", index=False)


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """Folders of the stages, `inputs` of the export, and a function that exports again."""
    folder = tmp_path_factory.mktemp("cohort")
    source(folder)
    paths = {
        "table": folder / "ingest" / "table.biom",
        "samples": folder / "ingest" / "samples.tsv",
        "resolution": folder / "resolve" / "resolution.tsv",
        "taxa": folder / "resolve" / "taxa.tsv",
        "capabilities": folder / "annotate" / "capabilities.parquet",
    }
    files = ("table.biom", "features.tsv", "samples.tsv", "ledger.json")
    ingest(
        str(folder / "table.tsv"),
        metadata=str(folder / "metadata.tsv"),
        **outputs(folder / "ingest", *files),
    )
    features, ledger = (str(folder / "ingest" / name) for name in ("features.tsv", "ledger.json"))
    resolve(
        str(paths["table"]), features, **outputs(folder / "resolve", "resolution.tsv", "taxa.tsv")
    )
    annotated = ("capabilities.parquet", "copy_number.parquet")
    annotate(str(paths["taxa"]), **outputs(folder / "annotate", *annotated))
    estimate(
        *(str(paths[name]) for name in ("table",)),
        ledger,
        *(str(paths[name]) for name in ("samples", "resolution", "capabilities")),
        str(folder / "annotate" / "copy_number.parquet"),
        **outputs(folder / "estimate", *ESTIMATES),
        copy_number_correction=True,
        min_assessable=0.5,
        cover=0.95,
    )
    estimates = ("quantities.parquet", "composition.biom", "accounting.tsv", "depth.tsv")
    paths |= {Path(name).stem: folder / "estimate" / name for name in estimates}
    inputs = {name: str(path) for name, path in paths.items()}

    def run(target: Path, **changed: str) -> Path:
        named = {f"{name}_out": str(target / file) for name, file in OUTPUTS.items()}
        export(**(inputs | changed), **named, cohort="a")
        return target

    return SimpleNamespace(
        folder=folder,
        inputs=inputs,
        run=run,
        export=run(folder / "export"),
        files=tuple(OUTPUTS.values()),
        hostile=HOSTILE,
    )
