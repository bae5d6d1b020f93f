"""Reading TSV and CSV tables of abundances, whichever way round."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from tryptome.ingest.abundances import (
    FEATURES_AS_ROWS,
    SAMPLES_AS_ROWS,
    Abundances,
    Hints,
    Reader,
)
from tryptome.ingest.cells import Cells
from tryptome.ingest.columns import tell_apart
from tryptome.ingest.grid import Grid, read_grid, without_totals
from tryptome.ingest.joined import are_nested, one_rank
from tryptome.ingest.lineage import MOST, is_lineage, is_opaque, share
from tryptome.ingest.words import FEATURE_WORDS, SAMPLE_WORDS, word


def recognise(start: bytes) -> str | None:
    """Whatever no other reader claims is tried as text."""
    return "no other format shows in it"


def read(path: Path, hints: Hints) -> Abundances:
    """Read a delimited table.

    Raises
    ------
    FormatError, EmptyTableError, ValueProblemError
        See :func:`tryptome.ingest.grid.read_grid`.
    """
    grid = without_totals(read_grid(path, lambda table: tell_apart(table, hints), hints.delimiter))
    side, reason = orientation(grid, hints)
    rows = side == FEATURES_AS_ROWS
    table = Abundances(
        cells=grid.cells if rows else grid.cells.transposed(),
        features=grid.rows if rows else grid.columns,
        samples=grid.columns if rows else grid.rows,
        lineages=grid.lineages if rows else None,
        place=grid.place,
        format=grid.format,
        orientation=side,
        about_samples=grid.about,
        notes=(*grid.notes, f"{'features' if rows else 'samples'} are rows: {reason}"),
    )
    return _once(table, hints) if are_nested(table.features) else table


def _once(table: Abundances, hints: Hints) -> Abundances:
    """Use one rank of clades that stand beside the clades they belong to."""
    chosen = one_rank(table.features, table.values, hints.rank, table.place)
    return replace(
        table,
        cells=Cells.of(chosen.values),
        features=chosen.ids,
        lineages=chosen.lineages,
        notes=(*table.notes, *chosen.notes),
        accounts=chosen.accounts,
    )


READER = Reader("delimited text", recognise, read)


def orientation(grid: Grid, hints: Hints) -> tuple[str, str]:
    """Tell which side the samples are on, and why.

    The first evidence that speaks decides: the configuration, lineages, the
    taxonomy, the metadata, the name of the column of ids, and how ids look.
    """
    if hints.orientation != "auto":
        return hints.orientation, "so configured"
    if grid.about:
        return SAMPLES_AS_ROWS, "the columns are lineages, others say something of the rows"
    if grid.lineages is not None:
        return FEATURES_AS_ROWS, "each row has a lineage"
    for rows, columns, reason in (
        (*_shares(grid, is_lineage), "are lineages"),
        (*_shares(grid, hints.features.__contains__), "are in the taxonomy"),
    ):
        if rows != columns:
            side = FEATURES_AS_ROWS if rows > columns else SAMPLES_AS_ROWS
            return side, f"the {'rows' if rows > columns else 'columns'} {reason}"
    rows, columns = _shares(grid, hints.samples.__contains__)
    if rows != columns:
        side = SAMPLES_AS_ROWS if rows > columns else FEATURES_AS_ROWS
        return side, f"the {'rows' if rows > columns else 'columns'} are named in the metadata"
    return _by_looks(grid)


def _shares(grid: Grid, test: Callable[[str], bool]) -> tuple[float, float]:
    return share(grid.rows, test), share(grid.columns, test)


def _by_looks(grid: Grid) -> tuple[str, str]:
    rows, columns = _shares(grid, _is_numbered)
    if max(rows, columns) > MOST and not min(rows, columns):
        # Stronger than the corner, which stays where a spreadsheet transposes a table.
        side = FEATURES_AS_ROWS if rows > columns else SAMPLES_AS_ROWS
        return side, f"the {'rows' if rows > columns else 'columns'} look like features"
    corner = word(grid.corner)
    if corner in SAMPLE_WORDS:
        return SAMPLES_AS_ROWS, f"the first column is named `{grid.corner}`"
    if corner in FEATURE_WORDS:
        return FEATURES_AS_ROWS, f"the first column is named `{grid.corner}`"
    rows, columns = _shares(grid, _looks_like_feature)
    if rows != columns:
        side = FEATURES_AS_ROWS if rows > columns else SAMPLES_AS_ROWS
        return side, f"the {'rows' if rows > columns else 'columns'} look like features"
    rows, columns = _shares(grid, is_opaque)
    if rows != columns:
        side = SAMPLES_AS_ROWS if rows > columns else FEATURES_AS_ROWS
        return side, f"the {'columns' if rows > columns else 'rows'} are names, not numbers"
    return FEATURES_AS_ROWS, "assumed, nothing tells; set `orientation` if this is wrong"


def _looks_like_feature(name: str) -> bool:
    """Tell whether an id looks like those that pipelines give to features."""
    return _is_numbered(name) or (is_opaque(name) and len(name) > 30)  # noqa: PLR2004


def _is_numbered(name: str) -> bool:
    """Tell whether an id is that of a feature by its name, as ``ASV12``."""
    numbered = name.lower().startswith(("otu", "asv", "zotu", "denovo", "feature"))
    return numbered and is_opaque(name)
