"""Stage index: from the heads of the reports to one page that leads to them."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from pathlib import Path

from tryptome.atomic import write_text
from tryptome.index import page
from tryptome.report.brief import Brief

logger = logging.getLogger(__name__)


def run(briefs: Sequence[str], pooled: str | Sequence[str], page_out: str) -> None:
    """Write the index of a run.

    Parameters
    ----------
    briefs : sequence of str
        ``brief.json`` of each cohort, in the order of the page.
    pooled : str or sequence of str
        Page of the cohorts together; empty where nothing was pooled.
    page_out : str
        Page to write, in the folder that holds ``cohorts`` and ``pooled``.

    Raises
    ------
    OutputError
        The page cannot be written.
    """
    heads = [Brief(**json.loads(Path(path).read_text(encoding="utf-8"))) for path in briefs]
    write_text(page_out, page.render(heads, together=bool(pooled)))
    logger.info("wrote %s: %d cohorts", page_out, len(heads))
