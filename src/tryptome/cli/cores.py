"""The option `--cores`, alike in all commands that run the workflow."""

from __future__ import annotations

import argparse
import re

ALL = "all"


def add_cores(parser: argparse.ArgumentParser, default: str | None = ALL, note: str = "") -> None:
    """Describe the option.

    Parameters
    ----------
    parser : argparse.ArgumentParser
    default : str, optional
    note : str
        What to add to the words on the default.
    """
    told = f"most cores to use (default: all{note})"
    parser.add_argument("--cores", type=cores, default=default, metavar="N", help=told)


def cores(text: str) -> str:
    """Give a number of cores as it is, if it is one: Snakemake waits for ever with none.

    Raises
    ------
    argparse.ArgumentTypeError
        It is neither a whole number from 1 nor ``all``.

    Examples
    --------
    >>> cores("2"), cores("all")
    ('2', 'all')
    """
    if text == ALL or re.fullmatch(r"[1-9][0-9]{0,5}", text):
        return text
    raise argparse.ArgumentTypeError(f"'{text}' is neither a whole number from 1 nor '{ALL}'")
