"""Stage report: from the result files of a cohort to one page, its figures and a manifest."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tryptome import knowledge
from tryptome.atomic import whole_folder, write_text
from tryptome.report import page, pictures
from tryptome.report.brief import brief
from tryptome.report.content import Content
from tryptome.report.manifest import manifest
from tryptome.report.results import INPUTS, read
from tryptome.report.settings import Settings
from tryptome.tables import write_tsv

logger = logging.getLogger(__name__)


def run(
    report_out: str,
    figures_out: str,
    manifest_out: str,
    brief_out: str,
    *,
    contrast_settings: dict[str, Any],
    **given: Any,
) -> None:
    """Write the report of a cohort.

    Parameters
    ----------
    report_out : str
        Path of the HTML page to write, in the folder ``report`` of the cohort.
    figures_out : str
        Path of the folder of figures to write.
    manifest_out : str
        Path of the manifest to write.
    brief_out : str
        Path of the head of the report to write, as JSON, for the index of the run.
    contrast_settings : dict
        The contrasts of the configuration, by name.
    **given
        Paths of the files of earlier stages, by the names in
        :data:`tryptome.report.results.INPUTS`; and the other keys of
        :class:`tryptome.report.settings.Settings`.

    Raises
    ------
    OutputError
        The report cannot be written.
    """
    inputs = {name: given.pop(name) for name in INPUTS if name in given}
    settings = Settings(contrasts=contrast_settings, **given)
    results = read(inputs, (settings.subject_column, *settings.groups))
    content = Content(results, settings, knowledge.load())
    with whole_folder(figures_out) as folder:
        pictures.write_single(pictures.draw_single(content), folder)
        embedded = pictures.write(pictures.draw(content), folder)
        context = content.context(embedded)
        html = page.render(context)
    write_text(report_out, html)
    head = asdict(brief(content, context["answer"], context["verdict"]))
    write_text(brief_out, json.dumps(head, indent=1, ensure_ascii=False) + "\n")
    figures = (path for path in Path(figures_out).rglob("*") if path.is_file())
    files = [*inputs.values(), report_out, *map(str, figures)]
    base = f"{content.knowledge.version} sha256:{content.knowledge_checksum}"
    table = manifest([Path(file) for file in files], Path(report_out).parent.parent, base)
    write_tsv(table, manifest_out)
    logger.info("wrote %s: %d figures, %d bytes", report_out, len(embedded), len(html.encode()))
