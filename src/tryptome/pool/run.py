"""Stage pool: from the contrasts of all cohorts to pooled effects and one page."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tryptome.atomic import whole_folder, write_text
from tryptome.pool import page
from tryptome.pool.effects import EFFECTS, NUMBERS, gather
from tryptome.pool.harmonised import ESTIMATES, harmonised
from tryptome.pool.tables import pool_all, weights, without_each
from tryptome.tables import read_tsv, text_parts, write_tsv
from tryptome.values import parts

if TYPE_CHECKING:
    import pandas as pd

logger = logging.getLogger(__name__)


def run(
    contrasts: Sequence[str],
    samples: Sequence[str],
    quantities: Sequence[str],
    pooled_out: str,
    leave_one_out_out: str,
    effects_out: str,
    harmonised_out: str,
    figures_out: str,
    report_out: str,
    *,
    cohorts: Sequence[str],
    questions: Mapping[str, Mapping[str, Any]],
    metadata: Mapping[str, Mapping[str, Mapping[str, Any]]],
    persons: Mapping[str, str | None],
    confidence: float,
) -> None:
    """Pool the contrasts of several cohorts.

    Parameters
    ----------
    contrasts, samples, quantities : sequence of str
        ``contrasts.tsv``, ``samples.tsv`` and ``quantities.parquet`` of each cohort, in the
        order of ``cohorts``.
    pooled_out, leave_one_out_out, effects_out, harmonised_out : str
        Tables to write (``docs/files.md``).
    figures_out : str
        Folder of figures to write.
    report_out : str
        Page to write.
    cohorts : sequence of str
        Names of the cohorts.
    questions : mapping
        Of each question its ``title``, and its ``contrasts`` and the ``terms`` of them that are
        named, by cohort.
    metadata : mapping
        Fields of :class:`tryptome.config.model.PooledColumn`, by shared name and cohort.
    persons : mapping
        Metadata column that tells persons apart, by cohort.
    confidence : float
        Level of the intervals.

    Raises
    ------
    ContrastError
        The mapping names a column that a cohort does not have.
    """
    found = {name: read_tsv(path) for name, path in zip(cohorts, samples, strict=True)}
    estimates = {
        name: parts(path, ESTIMATES) for name, path in zip(cohorts, quantities, strict=True)
    }
    with text_parts(harmonised_out) as append:
        for part in harmonised(found, estimates, metadata, persons):
            append(part)
    tables = {
        name: read_tsv(path, numeric=NUMBERS) for name, path in zip(cohorts, contrasts, strict=True)
    }
    effects = gather(questions, tables, metadata)
    effects["weight"] = weights(effects)
    effects = effects[list(EFFECTS)]
    results = {
        "pooled": pool_all(effects, confidence),
        "effects": effects,
        "leave_one_out": without_each(effects, confidence),
    }
    for name, path in (
        ("pooled", pooled_out),
        ("effects", effects_out),
        ("leave_one_out", leave_one_out_out),
    ):
        write_tsv(results[name], path)
    sizes = [(name, len(frame)) for name, frame in found.items()]
    write_text(report_out, _page(questions, results, sizes, confidence, figures_out))
    told = (results["pooled"]["poolable"] == "true").sum()
    logger.info(
        "%d questions, %d of %d effects pooled", len(questions), told, len(results["pooled"])
    )


def _page(
    questions: Mapping[str, Mapping[str, Any]],
    results: Mapping[str, pd.DataFrame],
    sizes: Sequence[tuple[str, int]],
    confidence: float,
    figures: str,
) -> str:
    from tryptome.report import pictures
    from tryptome.report.figures.style import SINGLE

    label = page.labels()
    shown: list[page.Question] = []
    embedded: dict[str, pictures.Embedded] = {}
    with whole_folder(figures) as folder:
        for name, question in questions.items():
            title = question["title"] or name
            pooled, effects = (_of(results[key], name) for key in ("pooled", "effects"))
            drawn = page.draw(name, title, pooled, effects, label, confidence)
            narrow = page.draw(name, title, pooled, effects, label, confidence, SINGLE)
            pictures.write_single(narrow, folder)
            embedded |= pictures.write(drawn, folder)
            names = [picture.name for picture in drawn]
            shown.append(page.question(name, title, question["contrasts"], results, label, names))
    return page.render(shown, embedded, sizes, confidence)


def _of(table: pd.DataFrame, question: str) -> pd.DataFrame:
    return table[table["question"] == question]
