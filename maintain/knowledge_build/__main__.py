"""Command line of the rules in ``maintain/Snakefile``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from knowledge_build import lineages
from knowledge_build.build import build
from knowledge_build.files import write_checksums, write_tsv_gz
from knowledge_build.raw import Raw


def main(arguments: Sequence[str]) -> None:
    """Run one command.

    ``lineages RAW RENAMED OUT``, ``tables RAW COMMITTED KNOWLEDGE`` or
    ``checksums OUT TABLE…``.
    """
    command, *rest = arguments
    paths = [Path(path) for path in rest]
    match command:
        case "lineages":
            raw, renamed, out = paths
            write_tsv_gz(lineages.derive(Raw(raw), lineages.read_renamed(renamed)), out)
        case "tables":
            build(*paths)
        case "checksums":
            write_checksums(paths[1:], paths[0])
        case _:
            raise SystemExit(f"unknown command {command!r}")


if __name__ == "__main__":
    main(sys.argv[1:])
