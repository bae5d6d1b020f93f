"""The stage ``export``: results for BIOM, QIIME 2, phyloseq, MultiQC, and as one long table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING

from tryptome.atomic import write_text
from tryptome.biom_slices import sliced
from tryptome.export import multiqc, phyloseq
from tryptome.export.artifact import FREQUENCIES, PER_SAMPLE, write_artifact
from tryptome.export.capabilities import count_capabilities
from tryptome.export.long import long_parts
from tryptome.export.multiqc import HEADLINES
from tryptome.knowledge.extended import extended
from tryptome.tables import (
    parquet_parts,
    read_parquet,
    read_tsv,
    text_parts,
    text_rows,
    write_tsv,
)
from tryptome.values import Values, read_values, value_parts
from tryptome.vocabulary import TIERS

if TYPE_CHECKING:
    import pandas as pd

SHARE = "share:"
FIRST = "precursor_balance"
"""Where QIIME 2 wants one number a sample, it takes the first column."""


def run(
    table: str,
    samples: str,
    resolution: str,
    taxa: str,
    capabilities: str,
    quantities: str,
    composition: str,
    accounting: str,
    depth: str,
    *,
    biom_out: str,
    frequencies_out: str,
    quantities_out: str,
    left_out_out: str,
    otu_out: str,
    tax_out: str,
    sample_data_out: str,
    long_out: str,
    long_text_out: str,
    general_out: str,
    tiers_out: str,
    headlines_out: str,
    cohort: str,
    species: str | None = None,
) -> None:
    """Write the results of a cohort for other programs (``docs/files.md``).

    Parameters
    ----------
    table, samples : str
        Files of the stage ``ingest``.
    resolution, taxa : str
        Files of the stage ``resolve``.
    capabilities : str
        ``capabilities.parquet`` of the stage ``annotate``.
    quantities, composition, accounting, depth : str
        Files of the stage ``estimate``.
    biom_out, frequencies_out, left_out_out : str
        Cell-equivalents with each capability, as BIOM and as a QIIME 2 artifact, and
        what could not go into them.
    quantities_out : str
        QIIME 2 artifact of the quantities.
    otu_out, tax_out, sample_data_out : str
        CSVs for phyloseq.
    long_out, long_text_out : str
        The long table, as Parquet and as compressed TSV.
    general_out, tiers_out, headlines_out : str
        Content for MultiQC.
    cohort : str
        Name of the cohort.
    species : str, optional
        Species that the user adds to the reference: file of ``extend``.
    """
    metadata, tiers = read_tsv(samples), read_tsv(accounting, numeric=TIERS)
    reads = read_tsv(depth, numeric=("reads",))
    shown = read_values(quantities, lambda name: name.startswith(SHARE) or name in HEADLINES)
    with sliced(composition) as cells:
        annotation = read_parquet(capabilities)
        left_out = count_capabilities(cells, annotation, shown.starting(SHARE), biom_out)
    write_tsv(left_out, left_out_out)
    with Path(biom_out).open("rb") as written:
        write_artifact(FREQUENCIES, written, frequencies_out)
    with TemporaryFile(dir=Path(quantities_out).parent) as text:
        for piece in per_sample(value_parts(quantities)):
            text.write(piece)
        write_artifact(PER_SAMPLE, text, quantities_out)
    rows = read_tsv(resolution)
    with sliced(table) as read, text_rows(otu_out, ["taxon", *read.samples], ",") as add:
        for row in phyloseq.reads_by_taxon(read, rows, Path(otu_out).parent):
            add(row)
    ranks = phyloseq.names_by_rank(read_tsv(taxa), phyloseq.rows_of(rows), extended(species))
    with text_parts(tax_out, ",") as append:
        append(ranks)
    with text_parts(sample_data_out, ",") as append:
        for part in phyloseq.facts_by_sample(metadata, tiers, reads, value_parts(quantities)):
            append(part)
    write_long(quantities, metadata, tiers, reads, (long_out, long_text_out))
    described = multiqc.contents(cohort, tiers, shown)
    for name, path in zip(described, (general_out, tiers_out, headlines_out), strict=True):
        write_text(path, multiqc.render(described[name]))


def per_sample(values: Iterable[Values]) -> Iterator[bytes]:
    """Means of all quantities as QIIME 2 reads numbers of samples; the balance is first."""
    for at, part in enumerate(values):
        frame = part.frame()
        frame = frame[sorted(frame.columns, key=lambda name: name != FIRST)]
        text: str = frame.to_csv(
            sep="\t",
            index_label="sample-id",
            header=at == 0,
            float_format="%.10g",
            lineterminator="\n",
        )
        yield text.encode()


def write_long(
    quantities: str,
    samples: pd.DataFrame,
    accounting: pd.DataFrame,
    depth: pd.DataFrame,
    paths: tuple[str, str],
) -> None:
    """Write the long table as Parquet and as text, part by part."""
    with parquet_parts(paths[0]) as parquet, text_parts(paths[1]) as text:
        for part in long_parts(quantities, samples, accounting, depth):
            parquet(part)
            text(part)
