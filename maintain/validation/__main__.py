"""Fit what ships: ``python -m validation fit …``."""

from __future__ import annotations

import argparse
from pathlib import Path

from validation.cohorts import read_all, training
from validation.models import write


def main() -> None:
    """Write ``resources/prediction`` out of a run's results and the raw data."""
    parser = argparse.ArgumentParser(prog="validation")
    parser.add_argument("step", choices=("fit",))
    parser.add_argument("results", type=Path, help="results/cohorts of a run over the cohorts")
    parser.add_argument("raw", type=Path, help="folder with one folder a study")
    parser.add_argument("resources", type=Path, help="resources/prediction")
    given = parser.parse_args()
    cohorts = read_all(given.results, given.raw)
    write(cohorts, training(cohorts), given.resources)


if __name__ == "__main__":
    main()
