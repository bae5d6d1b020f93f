"""The command line: ``tryptome init``, ``check``, ``run``, ``lookup`` and others."""

from __future__ import annotations

import argparse
import importlib
import json
import signal
import sys
from collections.abc import Sequence

from tryptome import __version__
from tryptome.cli.quoting import printable
from tryptome.errors import TryptomeError

COMMANDS = {
    "init": "write a configuration for a table",
    "check": "say what was found in the inputs, with no run",
    "run": "run the workflow",
    "view": "serve the reports of a run to this machine's browser",
    "verify": "hold results against the record of their run, and compute them anew",
    "lookup": "say what the knowledge base holds on a taxon",
    "reproduce": "run a published study again and judge its statements",
}
BAD_INPUT = 2
INTERRUPTED = 128 + signal.SIGINT


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Parameters
    ----------
    arguments : sequence of str, optional
        Words of the command line; by default those of this process.

    Returns
    -------
    int
        0 where all went well, 2 where the user's input was at fault, 130 where Ctrl-C ended it.
    """
    parser = argparse.ArgumentParser(
        prog="tryptome",
        description="What a gut community contributes to the availability of serotonin's "
        "precursor, from 16S tables. For research only.",
    )
    parser.add_argument("--version", action="version", version=f"tryptome {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, summary in COMMANDS.items():
        command = commands.add_parser(name, help=summary, description=summary)
        module = importlib.import_module(f"tryptome.cli.{name}")
        module.configure(command)
        command.set_defaults(execute=module.execute)
    words, passed_on = _split(sys.argv[1:] if arguments is None else arguments)
    options = parser.parse_args(words, argparse.Namespace(passed_on=passed_on))
    try:
        return int(options.execute(options))
    except TryptomeError as error:
        print(printable(f"Error: {error}"), file=sys.stderr)
        if getattr(options, "json", False):
            print(json.dumps({"error": as_fields(error)}, indent=1, ensure_ascii=False))
        return BAD_INPUT
    except BrokenPipeError:
        return 0
    except KeyboardInterrupt:
        return INTERRUPTED


def as_fields(error: TryptomeError) -> dict[str, str]:
    """What an error says, for machines."""
    return {
        "code": error.code,
        "what": error.what,
        "place": error.place,
        "remedy": error.remedy,
    }


def _split(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """Part the words that ``tryptome run`` passes on, those after ``--``, from its own."""
    own = list(words)
    if own[:1] != ["run"] or "--" not in own:
        return own, []
    cut = own.index("--")
    return own[:cut], own[cut + 1 :]
