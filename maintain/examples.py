"""The examples of the documentation: run, compared with what they show, or written anew.

A block ``console`` holds commands behind ``$``, their further lines behind ``>``, and what they
print, in which ``...`` stands for anything. Commands of one page are run in one
folder, in their order.
"""

from __future__ import annotations

import argparse
import doctest
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SHELL = ("bash", "-o", "pipefail", "-c")
RUN = "tryptome run"


@dataclass(frozen=True)
class Example:
    """A command and what the page says that it prints."""

    command: str
    shown: str

    def agrees(self, printed: str) -> bool:
        """Whether that is what it printed."""
        same = doctest.OutputChecker().check_output
        return same(self.shown, printed, doctest.ELLIPSIS)


def examples(text: str) -> Iterator[Example]:
    r"""Find the examples of a page.

    Examples
    --------
    >>> list(examples("```console\n$ a\nb\n$ c\n> d\n```\n"))
    [Example(command='a', shown='b\n'), Example(command='c\nd', shown='')]
    """
    for block in BLOCK.findall(text):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            first, *lines = part.splitlines(keepends=True)
            more = [line[2:] for line in takewhile(lambda line: line.startswith("> "), lines)]
            shown = "".join(lines[len(more) :])
            yield Example("".join([first, *more]).rstrip("\n"), shown)


def run(command: str, folder: Path) -> str:
    """Run a command; what it prints, errors included."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        [*SHELL, command],
        cwd=folder,
        env={**os.environ, "PATH": path, "LC_ALL": "C.UTF-8", "COLUMNS": "80"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.stdout


def work(page: Path, folder: Path, *, done: bool, write: bool) -> list[str]:
    """Run a page's examples.

    Parameters
    ----------
    page : Path
    folder : Path
        Where they run.
    done : bool
        Whether the demo has run there, so that it is not run again.
    write : bool
        Whether what is not as shown is written into the page.

    Returns
    -------
    list of str
        What is not as shown.
    """
    text = page.read_text(encoding="utf-8")
    wrong = []
    for example in examples(text):
        if done and example.command == RUN:
            continue
        printed = run(example.command, folder)
        if not example.agrees(printed):
            wrong.append(f"{page}: $ {example.command}\n{printed}")
            command = "$ " + example.command.replace("\n", "\n> ") + "\n"
            text = text.replace(command + example.shown, command + printed, 1)
    if write:
        page.write_text(text, encoding="utf-8")
    return wrong


def main() -> int:
    """Run the examples of pages; 1 where one is not as shown."""
    parser = argparse.ArgumentParser(prog="examples", description=__doc__)
    parser.add_argument("pages", type=Path, nargs="+")
    parser.add_argument("--done", type=Path, help="a folder in which the demo has run")
    parser.add_argument("--write", action="store_true", help="write the pages anew")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        if given.done:
            (folder / "results").symlink_to(given.done.resolve() / "results")
        wrong = [
            one
            for page in given.pages
            for one in work(page, folder, done=bool(given.done), write=given.write)
        ]
    print("\n".join(wrong) or "all examples are as shown")
    return int(bool(wrong) and not given.write)


if __name__ == "__main__":
    sys.exit(main())
