"""Fit what ships, or measure its accuracy: ``python -m validation fit|accuracy …``."""

from __future__ import annotations

import argparse
from pathlib import Path

from validation.cohorts import read_all, training


def main() -> None:
    """Run one of the two steps."""
    parser = argparse.ArgumentParser(prog="validation")
    parser.add_argument("step", choices=("fit", "accuracy"))
    parser.add_argument("results", type=Path, help="results/cohorts of a run over the cohorts")
    parser.add_argument("raw", type=Path, help="folder with one folder a study")
    parser.add_argument("resources", type=Path, help="resources/prediction")
    parser.add_argument("page", type=Path, nargs="?", help="docs/validation/accuracy.md")
    given = parser.parse_args()
    cohorts = read_all(given.results, given.raw)
    if given.step == "fit":
        from validation.models import write

        write(cohorts, training(cohorts), given.resources)
    else:
        from validation.accuracy import write as measure

        measure(cohorts, given.resources, given.page)


if __name__ == "__main__":
    main()
