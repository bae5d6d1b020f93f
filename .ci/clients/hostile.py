"""Write a small cohort with awkward ids: hostile.py FOLDER."""

import sys
from pathlib import Path

import biom
import pandas as pd

from tryptome.paths import resource

# ASCII only: the biom-format that Debian ships cannot read other ids.
AWKWARD = ["<script>alert(1)</script>", "001", 'a "quoted", id', "1e5", "a/b.fastq.gz", "x_y."]
CONFIG = """\
cohorts:
  hostile:
    table: table.tsv
    metadata: samples.tsv
    title: <b>A</b> hostile & "quoted" title
"""


def main() -> None:
    """Take a part of the demo and rename its samples."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True)
    table = biom.load_table(str(resource("demo", "david2014.biom")))
    names = [str(name) for name in table.ids()][:24]
    frame = table.filter(set(names), inplace=False).to_dataframe(dense=True).astype(int)
    frame.columns = AWKWARD + list(frame.columns)[len(AWKWARD) :]
    frame.to_csv(folder / "table.tsv", sep="\t", index_label="lineage")
    facts = pd.DataFrame({"sample": frame.columns, "note": '<i>a</i>, "b" & c', "age": "30"})
    facts.to_csv(folder / "samples.tsv", sep="\t", index=False)
    (folder / "config.yaml").write_text(CONFIG)


if __name__ == "__main__":
    main()
