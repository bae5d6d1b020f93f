"""How a script of the workflow runs its stage: its log, and errors without a traceback."""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tryptome.errors import TryptomeError


def job(snakemake: Any, run: Callable[..., None]) -> None:
    """Run a stage with the inputs, outputs and settings of a Snakemake job.

    What the library logs goes to the rule's log. An error that the user can
    mend ends the job with its message alone; any other leaves its traceback in
    the log and one line on the terminal.

    Parameters
    ----------
    snakemake : snakemake.script.Snakemake
        The object that Snakemake gives to a script.
    run : callable
        The stage. It takes each input under its name (a list where it is several files), each
        output under its name with ``_out`` behind, and the keys of ``params.settings``.
    """
    log = Path(str(snakemake.log[0]))
    with _logging_to(log):
        try:
            run(
                **{name: _paths(path) for name, path in snakemake.input.items()},
                **{f"{name}_out": str(path) for name, path in snakemake.output.items()},
                **snakemake.params.get("settings", {}),
            )
        except TryptomeError as error:
            logging.getLogger("tryptome").error("%s", error)
            sys.exit(f"Error: {error}")
        except Exception as error:
            logging.getLogger("tryptome").error("%s", traceback.format_exc())
            sys.exit(f"Error in tryptome itself ({type(error).__name__}: {error}); see {log}")


def _paths(given: Any) -> str | list[str]:
    """Path of an input, or the paths of one that is several files."""
    return str(given) if isinstance(given, str) else [str(path) for path in given]


@contextmanager
def _logging_to(log: Path) -> Iterator[None]:
    log.parent.mkdir(parents=True, exist_ok=True)
    handler = logging.FileHandler(log, mode="w", encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
    logger = logging.getLogger("tryptome")
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        handler.close()
