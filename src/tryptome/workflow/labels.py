"""What Snakemake's own report calls the files of a folder."""

from __future__ import annotations

from typing import Any

from tryptome.report.figures.style import SINGLE_FOLDER


def figure(wildcards: Any) -> dict[str, str]:
    """Label of a figure.

    Only one: of two, Snakemake would make a switch, and fail where a figure comes in one
    width only.

    Parameters
    ----------
    wildcards : Wildcards
        Its path within the folder, without its ending, as ``figure``.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> figure(SimpleNamespace(figure="balance"))
    {'figure': 'balance'}
    >>> figure(SimpleNamespace(figure="single/balance"))
    {'figure': 'balance, one column'}
    """
    name = str(wildcards.figure)
    bare = name.removeprefix(f"{SINGLE_FOLDER}/")
    return {"figure": bare if bare == name else f"{bare}, one column"}
