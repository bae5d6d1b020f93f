"""Fuzz every reader: ``python -m fuzz --inputs 200000 --report docs/reliability.md``."""

import argparse
import os
import sys
from pathlib import Path

from fuzz import campaign, report
from page_sections import put

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    """Run a campaign.

    Returns
    -------
    int
        0 where every input gave a table or a typed error, else 1.
    """
    parser = argparse.ArgumentParser(prog="fuzz", description=__doc__)
    parser.add_argument("--inputs", type=int, default=200_000, help="how many (default: 200000)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("--state", type=Path, default=ROOT / "results" / "fuzz")
    parser.add_argument("--report", type=Path, help="page to write")
    options = parser.parse_args()
    os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT / "src"), str(ROOT / "maintain")])
    folder = options.state / campaign.fingerprint(ROOT)
    results = campaign.run(options.inputs, options.seed, options.workers, folder)
    figures = report.gather(results, options.seed)
    for failure in figures.failures[:20]:
        print(f"\ninput {failure['number']}: {failure['target']}, {failure['format']}")
        print(failure["trace"])
    if options.report:
        put(options.report, "reading", report.section(figures))
    print(report.summary(figures))
    return 1 if figures.failures else 0


if __name__ == "__main__":
    sys.exit(main())
