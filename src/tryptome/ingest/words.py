"""Words by which columns are named, in lower case and with blanks for every separator."""

from __future__ import annotations

import re

from tryptome.ingest.lineage import COLUMN_NAMES, RANKS

LINEAGE_WORDS = frozenset(re.sub(r"[ ._\-]+", " ", name) for name in COLUMN_NAMES)

ID_WORDS = frozenset(
    {
        *("otu id", "otuid", "otu", "otus", "otu name", "zotu", "zotu id", "phylotype"),
        *("asv", "asv id", "asvid", "asvs", "asv name", "sv", "esv", "sequence variant"),
        *("feature", "feature id", "featureid", "features", "representative sequence"),
        *("taxonomy id", "taxid", "tax id", "ncbi tax id", "clade name", "cluster", "bin"),
    }
)
"""Names of a column of ids of features."""

FEATURE_WORDS = ID_WORDS | LINEAGE_WORDS | {"genus", "species", "name", "id", "family", "phylum"}

SAMPLE_WORDS = frozenset(
    {
        *("sample", "sample id", "sampleid", "sample name", "samplename", "samples", "group"),
        *("sampleids", "sample ids", "run", "run accession"),
    }
)
INDEX_WORDS = frozenset(
    {"", "index", "unnamed: 0", "x", "rownames", "row names", "row", "no", "nr", "column1"}
)

BESIDE_WORDS = frozenset(
    {
        *("confidence", "consensus", "size", "numotus", "bootstrap", "score", "identity"),
        *("length", "taxonomy id", "taxid", "tax id", "ncbi tax id", "clade taxid"),
    }
)
"""Columns of numbers beside lineages that are no samples."""

TEXT_WORDS = frozenset(
    {
        *("sequence", "seq", "sequences", "repseq", "rep seq", "asv sequence", "dna sequence"),
        *("rank", "md5", "hash", "md5sum", "accession", "additional species", "species exact"),
        *("clade", "subspecies", "species group", "species subgroup", "strain"),
    }
)
"""Columns of text about features that say nothing of lineages."""

TOTAL_WORDS = frozenset(
    {
        *("total", "totals", "sum", "sums", "grand total", "total reads", "total counts"),
        *("row total", "row sum", "column total", "column sum", "rowsum", "colsum"),
        *("rowsums", "colsums", "row sums", "column sums"),
    }
)
"""Names of a row or column that may add up the others."""

UNNAMED_WORDS = frozenset({"unassigned", "unclassified", "unknown", "other", "others"})
"""Names of features whose lineage is not known."""


def word(name: str) -> str:
    """Name of a column as words are compared.

    Examples
    --------
    >>> [word(name) for name in ("#OTU ID", "Feature.ID", "asv_id", " Taxon ")]
    ['otu id', 'feature id', 'asv id', 'taxon']
    """
    return re.sub(r"[ ._\-]+", " ", name.strip().lstrip("#")).strip().lower()


def is_rank(name: str) -> bool:
    """Tell whether a column is named after a rank."""
    return word(name) in RANKS
