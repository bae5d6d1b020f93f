"""Running Snakemake as a process of its own, whose end is always seen to."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import IO, TextIO

from tryptome.paths import share
from tryptome.workflow.counts import BRIEF

LAST_WORDS = 5
"""Seconds to wait for what is still to be read after the process has ended."""

FORWARDED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def command(
    config: Path,
    directory: Path,
    cores: str | None,
    arguments: Sequence[str],
    profile: Path | None = None,
    *,
    brief: bool = False,
) -> list[str]:
    """Command line that runs the workflow.

    Parameters
    ----------
    config : pathlib.Path
        The configuration.
    directory : pathlib.Path
        Working directory of the run.
    cores : str or None
        Number of cores, or ``all``; by default what the profile says.
    arguments : sequence of str
        Further words for Snakemake.
    profile : pathlib.Path, optional
        Folder of a profile; by default the one that runs jobs here.
    brief : bool
        Whether a dry run counts jobs, and does not show each of them.
    """
    folder = (profile or share() / "profiles" / "default").resolve()
    return [
        *(sys.executable, "-m", "snakemake"),
        *("--snakefile", str(share() / "Snakefile")),
        *("--configfile", str(config.resolve())),
        *("--directory", str(directory.resolve())),
        *("--workflow-profile", str(folder)),
        *(("--cores", cores) if cores else ()),
        *("--quiet", *(BRIEF if brief else ("host", "reason"))),
        # What an interrupted run left half-done is made again without asking. It comes last
        # since `--quiet` would take a target behind it for one of its words.
        "--rerun-incomplete",
        *arguments,
    ]


def surroundings(directory: Path) -> dict[str, str]:
    """Environment of the run: Snakemake's cache is in its folder where the home is read-only."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    place = next(folder for folder in (cache, *cache.parents) if folder.exists())
    if os.access(place, os.W_OK | os.X_OK):
        return dict(os.environ)
    return os.environ | {"XDG_CACHE_HOME": str(directory.resolve() / ".snakemake" / "cache")}


def execute(
    words: Sequence[str],
    *,
    inherit: Sequence[int] = (),
    environment: Mapping[str, str] | None = None,
    output: TextIO | None = None,
    watch: Callable[[str], None] | None = None,
    stopping: Callable[[], None] | None = None,
) -> int:
    """Run a command in a process group of its own, and pass signals on to it.

    The first signal is passed on as it is, so that Snakemake can end its jobs
    and tidy up; a second one ends the whole group at once.

    Parameters
    ----------
    words : sequence of str
        The command line.
    inherit : sequence of int
        File descriptors that the process keeps open.
    environment : mapping of str to str, optional
        Its environment; by default that of this process.
    output : text file, optional
        Where what it prints goes; by default where ours goes.
    watch : callable, optional
        Takes its messages (standard error) line by line; by default they go where
        ours go.
    stopping : callable, optional
        Called before the first signal is passed on.

    Returns
    -------
    int
        Exit status; that of a process ended by a signal is 128 plus the signal.
    """
    with (
        subprocess.Popen(
            words,
            process_group=0,
            pass_fds=inherit,
            env=environment,
            stdout=output,
            stderr=subprocess.PIPE if watch else None,
            text=True,
            encoding="utf-8",
            errors="replace",
        ) as process,
        _forwarding(process.pid, stopping),
        _reading(process.stderr, watch),
    ):
        status = process.wait()
    return status if status >= 0 else 128 - status


@contextmanager
def _reading(stream: IO[str] | None, watch: Callable[[str], None] | None) -> Iterator[None]:
    """Hand on lines while the block runs, and those that are left at its end."""
    if stream is None or watch is None:
        yield
        return

    def read() -> None:
        # The stream is closed below while a job that outlived Snakemake still holds it.
        with suppress(ValueError):
            for line in stream:
                watch(line)

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    yield
    reader.join(LAST_WORDS)


@contextmanager
def _forwarding(group: int, stopping: Callable[[], None] | None) -> Iterator[None]:
    passed_on: list[int] = []

    def forward(number: int, frame: FrameType | None) -> None:
        if stopping and not passed_on:
            stopping()
        os.killpg(group, signal.SIGKILL if passed_on else number)
        passed_on.append(number)

    before = {number: signal.signal(number, forward) for number in FORWARDED}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
