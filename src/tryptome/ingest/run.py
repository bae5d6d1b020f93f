"""Stage `ingest`: reads a cohort and writes it in the project's own form."""

from __future__ import annotations

import json
import logging
from typing import Any

from tryptome.atomic import write_text
from tryptome.biom_parts import biom_parts
from tryptome.ingest.cohort import Ingested, load_cohort
from tryptome.tables import write_tsv

log = logging.getLogger(__name__)


def run(
    table: str,
    taxonomy: str | None = None,
    metadata: str | None = None,
    sequences: str | None = None,
    *,
    table_out: str,
    features_out: str,
    samples_out: str,
    ledger_out: str,
    **settings: Any,
) -> None:
    """Read a cohort and write it as ``docs/files.md`` says.

    Parameters
    ----------
    table, taxonomy, metadata, sequences : str
        Input files.
    table_out, features_out, samples_out, ledger_out : str
        Files to write.
    **settings
        How the files are to be read; see :meth:`tryptome.config.Cohort.reading`.

    Raises
    ------
    InputError
        The input cannot be used; nothing is written.
    """
    cohort = load_cohort(table, taxonomy, metadata, sequences, **settings)
    for note in cohort.ledger["notes"]:
        log.info("%s", note)
    write(cohort, table_out, features_out, samples_out, ledger_out)


def write(
    cohort: Ingested, table_out: str, features_out: str, samples_out: str, ledger_out: str
) -> None:
    """Write a cohort that has been read."""
    read = cohort.table
    with biom_parts(table_out, read.features, read.samples, "observation", "OTU table") as append:
        for part in read.cells.parts():
            append(part.array())
    write_tsv(cohort.features, features_out)
    write_tsv(cohort.samples, samples_out)
    write_text(ledger_out, json.dumps(cohort.ledger, indent=1, ensure_ascii=False) + "\n")
