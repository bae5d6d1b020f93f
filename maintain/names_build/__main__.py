"""Build the name index: ``python -m names_build`` and the seven files of :func:`main`."""

import sys
from pathlib import Path

import pandas as pd

from knowledge_build.files import write_tsv_gz
from names_build import crosswalk, former
from names_build.index import build


def main(
    species: str,
    bacteria: str,
    archaea: str,
    lineages: str,
    rrndb: str,
    agora2: str,
    output: str,
) -> None:
    """Read the inputs, and write the index."""
    table, today = (
        pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False)
        for path in (species, lineages)
    )
    old = former.names(former.read(Path(rrndb), Path(agora2)), today)
    index = build(table, crosswalk.read(Path(bacteria)), crosswalk.read(Path(archaea)), old)
    write_tsv_gz(index, Path(output))
    print(f"{len(index)} rows, {index['name'].nunique()} names")


main(*sys.argv[1:])
