"""What is fuzzed: each target reads one file, and checks that what it gives is sound."""

from __future__ import annotations

import json
import math
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from tryptome.ingest import Ingested, load_cohort

if TYPE_CHECKING:
    from tryptome.resolve.resolver import Resolver

WRITTEN = 0.05
"""Share of the cohorts that are also written, read again and compared: that is slower."""

SOUND_TABLE = "#OTU ID\tS1\tS2\tS3\nOtu1\t1\t0\t3\nOtu2\t0\t5\t2\n"
SHEET = "sheet.tsv"


def table(path: Path, random: Random) -> None:
    """A table of abundances, read by whichever reader claims it."""
    orientation = random.choice(("auto", "auto", "features_as_rows", "samples_as_rows"))
    _check(load_cohort(path, orientation=orientation), random)


def taxonomy(path: Path, random: Random) -> None:
    """A table of lineages, beside a sound table."""
    _check(load_cohort(_sound_table(path), taxonomy=path), random)


def metadata(path: Path, random: Random) -> None:
    """Sample metadata, beside a sound table."""
    _check(load_cohort(_sound_table(path), metadata=path), random)


def sequences(path: Path, random: Random) -> None:
    """Representative sequences, beside a sound table."""
    _check(load_cohort(_sound_table(path), sequences=path), random)


def configuration(path: Path, random: Random) -> None:
    """A configuration in YAML."""
    from tryptome.config import load

    load(path, directory=path.parent)


def sheet(path: Path, random: Random) -> None:
    """A sheet of cohorts, named by a sound configuration."""
    from tryptome.config import parse

    parse({"sheet": path.name}, directory=path.parent)


def lineages(path: Path, random: Random) -> None:
    """Lineages, one a line, taken apart and resolved."""
    from tryptome.resolve.lineage import parse

    for line in path.read_bytes().decode(errors="replace").split("\n")[:50]:
        _resolver().resolve(parse(line))


TARGETS: dict[str, Callable[[Path, Random], None]] = {
    read.__name__: read
    for read in (table, taxonomy, metadata, sequences, configuration, sheet, lineages)
}


def _sound_table(path: Path) -> Path:
    beside = path.with_name("sound.tsv")
    if not beside.exists():
        beside.write_text(SOUND_TABLE)
    return beside


@cache
def _resolver() -> Resolver:
    from tryptome.knowledge import load
    from tryptome.knowledge.names import NameIndex
    from tryptome.knowledge.sets import Groups
    from tryptome.resolve.resolver import Resolver

    knowledge = load()
    index = NameIndex.read(knowledge.folder / "names.tsv.gz")
    return Resolver(index, Groups.of(knowledge.species), "gtdb")


def _check(cohort: Ingested, random: Random) -> None:
    """Check what every cohort must be, whatever was read."""
    read = cohort.table
    assert read.cells.shape == (len(read.features), len(read.samples))
    assert len(set(read.features)) == len(read.features) > 0
    assert len(set(read.samples)) == len(read.samples) > 0
    assert all(math.isfinite(value) and value >= 0 for value in read.values.data.tolist())
    assert math.isfinite(cohort.ledger["total"])
    assert list(cohort.samples["sample"]) == read.samples
    assert list(cohort.features["feature"]) == read.features
    for text in (*read.features, *read.samples, *cohort.features["lineage"]):
        text.encode()
    json.dumps(cohort.ledger, allow_nan=False, ensure_ascii=False).encode()
    if random.random() < WRITTEN:
        _check_written(cohort)


def _check_written(cohort: Ingested) -> None:
    from tryptome.ingest.run import write
    from tryptome.tables import read_biom, read_tsv

    with tempfile.TemporaryDirectory(dir=".") as folder:
        names = ("table.biom", "features.tsv", "samples.tsv", "ledger.json")
        paths = [str(Path(folder, name)) for name in names]
        write(cohort, *paths)
        assert sorted(entry.name for entry in Path(folder).iterdir()) == sorted(names)
        again = read_biom(paths[0])
        assert list(again.ids()) == cohort.table.samples
        assert list(again.ids("observation")) == cohort.table.features
        assert abs(again.matrix_data - cohort.table.values).sum() == 0
        assert list(read_tsv(paths[1])["feature"]) == cohort.table.features
        assert list(read_tsv(paths[2])["sample"]) == cohort.table.samples
