"""Stage report: from the result files of a cohort to one page, its figures and a manifest."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from tryptome import knowledge
from tryptome.atomic import whole_folder, write_text
from tryptome.report import page, pictures
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
    content = Content(
        read(inputs), Settings(contrasts=contrast_settings, **given), knowledge.load()
    )
    with whole_folder(figures_out) as folder:
        embedded = pictures.write(pictures.draw(content), folder)
        html = page.render(content.context(embedded))
    write_text(report_out, html)
    files = [*inputs.values(), report_out, *map(str, Path(figures_out).iterdir())]
    base = f"{content.knowledge.version} sha256:{content.knowledge_checksum}"
    table = manifest([Path(file) for file in files], Path(report_out).parent.parent, base)
    write_tsv(table, manifest_out)
    logger.info("wrote %s: %d figures, %d bytes", report_out, len(embedded), len(html.encode()))
