"""Metadata of a study that are spread over files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from tryptome.errors import MismatchError
from tryptome.studies.model import Joined
from tryptome.tables import write_tsv

if TYPE_CHECKING:
    import pandas as pd


def write_joined(recipe: Joined, files: Mapping[str, Path], target: Path) -> None:
    """Write one table of metadata, a row a row of the recipe's first file.

    Parameters
    ----------
    recipe : Joined
    files : mapping of str to pathlib.Path
        The study's files.
    target : pathlib.Path
        TSV to write.

    Raises
    ------
    MismatchError
        A column by which rows are matched is missing or not unique, or a row has no match.
    """
    table = _read(files[recipe.file], recipe.columns)
    if recipe.join is not None:
        further = _read(files[recipe.join], None)
        _check(table, further, recipe, files[recipe.join])
        table = table.merge(further, how="left", left_on=recipe.left, right_on=recipe.right)
    write_tsv(table, target)


def _read(path: Path, columns: list[str] | None) -> pd.DataFrame:
    import pandas as pd

    header = None if columns is not None else 0
    return pd.read_csv(
        path, sep=None, engine="python", dtype=str, keep_default_na=False, names=columns,
        header=header, encoding="utf-8-sig",
    )  # fmt: skip


def _check(table: pd.DataFrame, further: pd.DataFrame, recipe: Joined, place: Path) -> None:
    for column, frame in ((recipe.left, table), (recipe.right, further)):
        if column not in frame:
            raise MismatchError(
                f"no column `{column}` to match rows by",
                place=str(place),
                remedy="check `left` and `right` of the study",
            )
    if further[recipe.right].duplicated().any():
        raise MismatchError(
            f"`{recipe.right}` is not unique", place=str(place), remedy="check `right` of the study"
        )
    missing = sorted(set(table[recipe.left]) - set(further[recipe.right]))
    if missing:
        raise MismatchError(
            f"{len(missing)} values of `{recipe.left}` have no row, for example `{missing[0]}`",
            place=str(place),
            remedy="check `left` and `right` of the study",
        )
