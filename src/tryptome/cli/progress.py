"""Following Snakemake: a line of progress on a terminal, and elsewhere only what matters.

Snakemake says much of each job. What is known to be said of a run that goes well
is dropped; anything else, errors above all, is passed on as it is.
"""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Callable
from typing import TextIO

_DROPPED = re.compile(
    r"\[\w{3} \w{3} +\d+ [\d:]{8} \d{4}\]"
    r"|Finished jobid: .*|Select jobs to execute\.\.\.|Execute \d+ jobs\.\.\."
    r"|Building DAG of jobs\.\.\.|Using shell: .*|Provided (cores|remote nodes): .*"
    r"|Rules claiming more threads .*|Using workflow specific profile .*"
    r"|Using .*profile.* for setting default command line arguments\."
    r"|Assuming unrestricted shared filesystem usage\.|Complete log\(s\): .*|Elapsed time: .*"
    r"|host: .*|Conda environments: ignored|Config file .* is extended by .*"
)
_RULE = re.compile(r"(local)?(rule|checkpoint) \S+:")
"""Stands before indented lines that describe a job."""

_STATS = "Job stats:"
"""Stands before a table that ends with an empty line."""

_MESSAGE = re.compile(r"Job \d+: (.*)")
_STEPS = re.compile(r"(\d+) of (\d+) steps \(\d+%\) done")
BAR = 24
MINUTE, HOUR = 60, 3600
CLEAR = "\r\x1b[K"


class Progress:
    """Takes what Snakemake says, line by line.

    Parameters
    ----------
    stream : text file
        Where progress and what is passed on go.
    clock : callable
        Seconds.
    """

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self.stream = stream
        self.clock = clock
        self.begin = clock()
        self.terminal = stream.isatty()
        self.done = self.total = 0
        self.message = "starting"
        self.stopping = False
        self._dropping = ""

    def stop(self) -> None:
        """Say that the run is being stopped; what its jobs say of that from now on is noise."""
        self.stopping = True
        self._clear()
        self.stream.write("Stopping. A second Ctrl-C ends it at once.\n")
        self.stream.flush()

    def take(self, line: str) -> None:
        """Take a line of Snakemake's."""
        text = line.rstrip("\n")
        if self.stopping or self._drop(text):
            return
        if steps := _STEPS.fullmatch(text):
            self.done, self.total = int(steps[1]), int(steps[2])
            self._draw()
        elif message := _MESSAGE.fullmatch(text):
            self.message = message[1]
            self._draw()
        elif text and not _DROPPED.fullmatch(text):
            self._clear()
            self.stream.write(f"{text}\n")
            self.stream.flush()

    def _drop(self, text: str) -> bool:
        """Tell whether a line belongs to a description of several lines."""
        inside = (self._dropping == _STATS and bool(text)) or (
            bool(self._dropping) and text.startswith("    ")
        )
        if not inside:
            self._dropping = text if text == _STATS or _RULE.fullmatch(text) else ""
        return inside or bool(self._dropping)

    def close(self) -> None:
        """Take the line of progress away."""
        self._clear()

    def _draw(self) -> None:
        if self.terminal:
            # A line that wraps could not be taken away.
            width = shutil.get_terminal_size().columns - 1
            self.stream.write(CLEAR + self.line()[:width])
            self.stream.flush()

    def _clear(self) -> None:
        if self.terminal:
            self.stream.write(CLEAR)
            self.stream.flush()

    def line(self) -> str:
        """Line of progress: how far, what is going on, and how long it may still take.

        What the jobs so far took is taken to hold for the others, which is rough.
        """
        if not self.total:
            return self.message
        filled = BAR * self.done // self.total
        bar = "#" * filled + "." * (BAR - filled)
        each = (self.clock() - self.begin) / max(self.done, 1)
        left = duration(each * (self.total - self.done))
        return f"[{bar}] {self.done} of {self.total}, about {left} left; {self.message}"


def duration(seconds: float) -> str:
    """Say how long something takes.

    Examples
    --------
    >>> duration(42.3), duration(200), duration(8000)
    ('42 s', '3 min', '2 h 13 min')
    """
    if seconds < 2 * MINUTE:
        return f"{seconds:.0f} s"
    if seconds < 2 * HOUR:
        return f"{seconds / MINUTE:.0f} min"
    hours, rest = divmod(seconds, HOUR)
    return f"{hours:.0f} h {rest / MINUTE:.0f} min"
