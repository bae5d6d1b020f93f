"""The typed model of a configuration.

The JSON Schema under ``workflow/schemas/`` and the reference in
``config/README.md`` are generated from this module (``make schema``).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]
"""A name that becomes a folder or a key: letters, digits, ``_``, ``.`` and ``-``."""

MetaboliteName = Literal[
    "tryptophan",
    "tryptamine",
    "indolelactate",
    "indolepropionate",
    "indoleacetate",
    "indole",
    "butyrate",
    "deoxycholate",
    "kynurenate",
    "nicotinate",
]
"""A faecal metabolite that is predicted."""

Share = Annotated[float, Field(ge=0, le=1)]


READING = {
    "orientation",
    "values",
    "sample_column",
    "subject_column",
    "delimiter",
    "decimal",
    "id_column",
    "lineage_column",
    "rank",
    "label",
    "sample_ids",
}
"""Keys of a cohort that say how its files are read."""


class Strict(BaseModel):
    """A block in which an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=False)


class Interaction(Strict):
    """How a contrast differs between two levels of another column."""

    column: str = Field(description="Metadata column, for example `diet`.")
    reference: str = Field(description="Level of that column to compare against.")
    level: str = Field(description="Level of that column of interest.")


class Contrast(Strict):
    """A comparison of two groups of samples."""

    column: str = Field(description="Metadata column that tells the groups apart.")
    reference: str = Field(description="Level of `column` to compare against.")
    level: str = Field(description="Level of `column` of interest.")
    where: dict[str, str | list[str]] = Field(
        default={},
        description="Keep only samples whose metadata have these values, for example "
        "`{diet: plant}` or `{diet: [plant, animal]}`.",
    )
    interaction: Interaction | None = Field(
        default=None,
        description="Ask instead how the difference itself differs between two levels of "
        "another column.",
    )
    adjust: list[str] = Field(
        default=[], description="Further metadata columns in the model, for example `[age, sex]`."
    )
    title: str = Field(default="", description="How the report names the contrast.")


class SampleIds(Strict):
    """How ids of samples in the table and in the metadata are compared. Neither is altered."""

    ignore_blanks: bool = Field(
        default=False, description="Whether blanks at either end count for nothing."
    )
    ignore_case: bool = Field(
        default=False, description="Whether upper and lower case are the same."
    )
    ignore_separators: bool = Field(
        default=False, description="Whether `.`, `-`, `_` and blanks are the same."
    )
    ignore_leading_x: bool = Field(
        default=False,
        description="Whether a leading `X` before a digit, as R adds it, counts for nothing.",
    )
    ignore_leading_zeros: bool = Field(
        default=False, description="Whether zeros at the beginning count for nothing."
    )
    ignore_prefix: str = Field(
        default="", description="A beginning that ids of one side have and the other lacks."
    )
    ignore_suffix: str = Field(
        default="", description="An ending that ids of one side have and the other lacks."
    )


class Cohort(Strict):
    """One abundance table and what belongs to it."""

    table: str = Field(
        description="Abundance table, recognised by its content, or a folder of files that each "
        "hold one sample. Relative to the working directory, absolute, or `tryptome:…` for a file "
        "that ships with tryptome."
    )
    taxonomy: str | None = Field(
        default=None,
        description="Table of feature ids and lineages, where the abundance table has none.",
    )
    metadata: str | None = Field(
        default=None,
        description="Sample metadata, one row a sample: TSV, CSV, .xlsx or QIIME 2's.",
    )
    sequences: str | None = Field(
        default=None,
        description="FASTA of the features' representative sequences: kept with the features, "
        "checked where ids are MD5 hashes, and used to find lineages by sequence.",
    )
    measured: str | None = Field(
        default=None,
        description="TSV of metabolites measured in the same stool samples: sample ids in the "
        "first column, then a column a compound. Estimates are held against them in "
        "`measured.tsv`.",
    )
    measured_columns: dict[str, MetaboliteName] = Field(
        default={},
        description="Metabolite of each column of `measured`; by default columns named like one.",
    )
    title: str = Field(default="", description="Name of the cohort in reports.")
    description: str = Field(default="", description="What the cohort is, for the report.")
    citation: str = Field(default="", description="Where the cohort was published.")
    sample_column: str | None = Field(
        default=None,
        description="Metadata column with the sample ids; by default the first one whose values "
        "match the table.",
    )
    subject_column: str | None = Field(
        default=None,
        description="Metadata column that tells persons apart, where persons repeat.",
    )
    groups: list[str] = Field(
        default=[],
        description="Metadata columns whose combinations are the groups shown in the report; by "
        "default the columns of the contrasts.",
    )
    orientation: Literal["auto", "features_as_rows", "samples_as_rows"] = Field(
        default="auto", description="Which way round a TSV or CSV table is."
    )
    values: Literal["auto", "counts", "relative"] = Field(
        default="auto",
        description="Whether the table holds counts of reads or relative abundances. Only counts "
        "carry sampling uncertainty.",
    )
    delimiter: Literal["auto", "tab", "comma", "semicolon", "space"] = Field(
        default="auto", description="What separates the fields of a text table."
    )
    decimal: Literal["auto", "point", "comma"] = Field(
        default="auto", description="What separates the decimals of a text table."
    )
    id_column: str | None = Field(
        default=None,
        description="Column of a text table that names its rows; by default the first one that "
        "does more than number them.",
    )
    lineage_column: str | None = Field(
        default=None,
        description="Column of a text table that holds lineages; by default told by its name or "
        "its form.",
    )
    rank: Literal[
        "auto",
        "domain",
        "kingdom",
        "phylum",
        "class",
        "order",
        "family",
        "genus",
        "species",
        "strain",
    ] = Field(
        default="auto",
        description="Rank that is used of a table whose rows repeat the same reads at every rank "
        "(MetaPhlAn, Kraken); by default species, or the closest that there is. Reads that do not "
        "reach it stay with the closest clade that is named.",
    )
    label: str | None = Field(
        default=None,
        description="Label that is used of a mothur table with several; by default `0.03` where "
        "there is one, else the first.",
    )
    sample_ids: SampleIds = Field(
        default=SampleIds(),
        description="Rules by which ids of samples match between table and metadata, where they "
        "do not to the letter.",
    )
    contrasts: dict[Name, Contrast] | None = Field(
        default=None,
        description="Contrasts of this cohort; by default those at the top level.",
    )

    def reading(self) -> dict[str, Any]:
        """Settings of the stage `ingest`: how the table and the metadata are read."""
        return self.model_dump(include=READING)


class Estimate(Strict):
    """Settings of the stage `estimate`."""

    copy_number: bool = Field(
        default=True, description="Correct reads for 16S copies per genome, with its uncertainty."
    )
    min_assessable: Share = Field(
        default=0.5,
        description="Least share of bacterial cells that must be assessable for a value to be "
        "given.",
    )
    prediction: str | None = Field(
        default=None,
        description="Folder with `coefficients.tsv` and `models.tsv` that predict faecal "
        "metabolites, as the rule `refit` writes them; by default those that ship.",
    )
    cover: Share = Field(
        default=0.95,
        description="Share of each quantity that the rows of `contributions.parquet` name taxa "
        "for; the others make the row `rest`.",
    )
    bacterial_load_unit: Literal["cells", "copies"] = Field(
        default="cells",
        description="Unit of the metadata's column `bacterial_load`, where there is one: `cells` "
        "or 16S `copies`, per gram.",
    )


class Compare(Strict):
    """Settings of the stage `compare`."""

    confidence: Annotated[float, Field(gt=0, lt=1)] = Field(
        default=0.95, description="Confidence level of the intervals of effects."
    )
    drivers: Annotated[int, Field(ge=1, le=1000)] = Field(
        default=20,
        description="Most taxa listed per contrast and quantity; the others make `rest`.",
    )


class Config(Strict):
    """A run of tryptome."""

    cohorts: dict[Name, Cohort] = Field(
        default={}, description="The cohorts, by a name that becomes a folder of the results."
    )
    sheet: str | None = Field(
        default=None,
        description="TSV with one row a cohort, as well as or instead of `cohorts`: a column "
        "`cohort` with the name, and columns named like the keys of a cohort.",
    )
    contrasts: dict[Name, Contrast] = Field(
        default={}, description="Contrasts of every cohort that has none of its own."
    )
    evidence: str | None = Field(
        default=None,
        description="TSV of your own counts of genomes: `species` (or `lineage`), `capability`, "
        "`source`, `genomes`, `positives`, `citation`. They take the place of the knowledge "
        "base's for that species and capability; counts are never added. See docs/extend.md.",
    )
    genomes: str | None = Field(
        default=None,
        description="TSV of your own annotated genomes: `genome`, `species` (or `lineage`), "
        "`file`, `format` (`genbank`, `eggnog`, `kofamscan`), `completeness`. What they can do "
        "is called by KO and EC numbers. See docs/extend.md.",
    )
    estimate: Estimate = Field(default=Estimate(), description="Settings of the estimates.")
    compare: Compare = Field(default=Compare(), description="Settings of the contrasts.")
    seed: Annotated[int, Field(ge=0, lt=2**32)] = Field(
        default=1, description="Seed of everything that draws random numbers."
    )
