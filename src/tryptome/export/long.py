"""One tidy table of everything that is known of a sample: a row a sample and fact."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tryptome.values import parts

if TYPE_CHECKING:
    import pandas as pd

TEXT = ("sample", "source", "name", "unit", "text")
NUMBERS = (
    *("value", "sd", "q05", "q25", "q50", "q75", "q95", "unresolved_low", "unresolved_high"),
    *("all_mean", "all_sd", "all_q05", "all_q25", "all_q50", "all_q75", "all_q95"),
    "assessable_cells",
)
COLUMNS = (*TEXT, *NUMBERS, "assessable", "reason")


def long_parts(
    quantities: str, samples: pd.DataFrame, accounting: pd.DataFrame, depth: pd.DataFrame
) -> Iterator[pd.DataFrame]:
    """Line up metadata, reads, tiers and quantities, sample after sample.

    Parameters
    ----------
    quantities : str
        ``quantities.parquet`` of the stage ``estimate``.
    samples, accounting, depth : DataFrame
        ``samples.tsv``, ``accounting.tsv`` and ``depth.tsv``.

    Yields
    ------
    DataFrame
        :data:`COLUMNS`, of some of the samples.
    """
    import pandas as pd

    known = [frame.set_index("sample", drop=False) for frame in (samples, depth, accounting)]
    for part in parts(quantities):
        names = part["sample"].drop_duplicates().tolist()
        facts, reads, tiers = (frame.loc[names] for frame in known)
        blocks = [
            _melt(facts, "metadata", "text"),
            _melt(reads, "depth", "value"),
            _melt(tiers, "accounting", "value"),
            part.rename(columns={"quantity": "name", "mean": "value"}).assign(source="quantities"),
        ]
        whole = pd.concat([block.reindex(columns=list(COLUMNS)) for block in blocks])
        order = whole["sample"].map({name: at for at, name in enumerate(names)})
        whole = whole.iloc[order.argsort(kind="stable")]
        yield _typed(whole)


def _melt(rows: pd.DataFrame, source: str, column: str) -> pd.DataFrame:
    """Turn a table of samples into one row a sample and column."""
    others = list(rows.columns[1:])
    long = rows.melt(id_vars="sample", value_vars=others, var_name="name", value_name=column)
    unit = {"depth": "reads", "accounting": "share of reads"}.get(source, "")
    known = long[column].notna() & (long[column] != "")
    return long.assign(source=source, unit=unit, assessable=known)


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    """Give each column the same type in every part."""
    types = dict.fromkeys(NUMBERS, float) | {"assessable": bool}
    words = dict.fromkeys((*TEXT, "reason"), "")
    return frame.fillna(words).astype(types).reset_index(drop=True)
