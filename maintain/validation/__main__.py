"""Fit what ships, or measure its accuracy; see ``maintain/Snakefile``."""

from __future__ import annotations

import argparse
from pathlib import Path

from validation import accuracy, models
from validation.cohorts import read_all, training


def main() -> None:
    """Write ``resources/prediction`` out of a run's results and the raw data."""
    parser = argparse.ArgumentParser(prog="validation")
    parser.add_argument("step", choices=("fit", "accuracy"))
    parser.add_argument("results", type=Path, help="results/cohorts of a run over the cohorts")
    parser.add_argument("raw", type=Path, help="folder with one folder a study")
    parser.add_argument("output", type=Path, help="resources/prediction, or accuracy.tsv in it")
    parser.add_argument("page", type=Path, nargs="?", help="docs/validation/accuracy.md")
    given = parser.parse_args()
    cohorts = read_all(given.results, given.raw)
    if given.step == "fit":
        models.write(cohorts, training(cohorts), given.output)
    else:
        accuracy.write(cohorts, given.output, given.page)


if __name__ == "__main__":
    main()
