"""Kill runs at random moments: ``python -m chaos --kills 60 --report docs/reliability.md``."""

import argparse
import json
import shutil
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from chaos import kills, report
from page_sections import put

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    """Run a series, or go on with one.

    Returns
    -------
    int
        0 where every run ended with the same bytes, else 1.
    """
    parser = argparse.ArgumentParser(prog="chaos", description=__doc__)
    parser.add_argument("--kills", type=int, default=60, help="how many (default: 60)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--state", type=Path, help="file that keeps what was seen, to go on with")
    parser.add_argument("--report", type=Path, help="page to write")
    options = parser.parse_args()
    seen = _read(options.state)
    with tempfile.TemporaryDirectory() as scratch:
        expected = kills.undisturbed(Path(scratch, "undisturbed"))
        for number in range(len(seen), options.kills):
            folder = Path(scratch, str(number))
            seen.append(kills.kill(number, options.seed, folder, expected))
            shutil.rmtree(folder)
            if not seen[-1].same:
                print(seen[-1].said)
            _write(options.state, seen)
    print(report.summary(seen))
    if options.report:
        put(options.report, "kills", report.section(seen, options.seed))
    return 0 if all(one.same for one in seen) else 1


def _read(state: Path | None) -> list[kills.Kill]:
    if state is None or not state.exists():
        return []
    return [kills.Kill(**one) for one in json.loads(state.read_text(encoding="utf-8"))]


def _write(state: Path | None, seen: list[kills.Kill]) -> None:
    if state is not None:
        state.parent.mkdir(parents=True, exist_ok=True)
        state.write_text(json.dumps([asdict(one) for one in seen]), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
