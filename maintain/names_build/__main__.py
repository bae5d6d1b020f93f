"""Build the name index: ``python -m names_build SPECIES BACTERIA ARCHAEA OUTPUT``."""

import sys
from pathlib import Path

import pandas as pd

from knowledge_build.files import write_tsv_gz
from names_build import crosswalk
from names_build.index import build


def main(species: str, bacteria: str, archaea: str, output: str) -> None:
    """Read the inputs, and write the index."""
    table = pd.read_csv(species, sep="\t", dtype=str, keep_default_na=False)
    index = build(table, crosswalk.read(Path(bacteria)), crosswalk.read(Path(archaea)))
    write_tsv_gz(index, Path(output))
    print(f"{len(index)} rows, {index['name'].nunique()} names")


main(*sys.argv[1:])
