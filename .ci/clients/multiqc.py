"""MultiQC finds the content of every cohort: multiqc.py RESULTS SCRATCH (with its venv/)."""

import html
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import pandas as pd


def main() -> None:
    """Run MultiQC on the results and look at its page and its data."""
    results, scratch = (Path(word).resolve() for word in sys.argv[1:3])
    target = Path(tempfile.mkdtemp(dir=scratch))
    program = scratch / "venv" / "bin" / "multiqc"
    options = ["--force", "--no-version-check", "--strict", "--outdir", str(target)]
    done = subprocess.run(
        [str(program), *options, str(results)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    page = (target / "multiqc_report.html").read_text(encoding="utf-8")
    assert "<script>alert(1)" not in page
    data = target / "multiqc_data"
    general = pd.read_csv(data / "multiqc_general_stats.txt", sep="\t", index_col=0)
    for cohort in sorted((results / "cohorts").iterdir()):
        name = cohort.name
        for section in (f"tryptome_tiers_{name}", f"tryptome_quantities_{name}"):
            assert f'id="{section}"' in page, section
        accounting = pd.read_csv(cohort / "estimate" / "accounting.tsv", sep="\t", dtype=str)
        samples = accounting["sample"].tolist()
        assert general.filter(like="samples").loc[name].item() == len(samples)
        bars = pd.read_csv(data / f"multiqc_tryptome_tiers_{name}_plot.txt", sep="\t", dtype=str)
        shown = {html.unescape(text) for text in bars["Sample"]}
        assert shown <= set(samples), sorted(shown - set(samples))
        assert len(shown) == min(len(samples), 200)
        ours = json.loads(
            (cohort / "export" / "multiqc" / f"{name}_quantities_mqc.json").read_text("utf-8")
        )["data"]
        rows = pd.read_csv(
            data / f"multiqc_tryptome_quantities_{name}_table.txt", sep="\t", index_col=0
        )
        assert set(rows.index) == set(ours)
        print(f"{name}: MultiQC shows {len(shown)} samples and {len(rows)} quantities")


if __name__ == "__main__":
    main()
