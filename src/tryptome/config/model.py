"""The typed model of a configuration.

The JSON Schema under ``workflow/schemas/`` and the reference in
``config/README.md`` are generated from it (``make schema``).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from tryptome.compare.formula import read_formula, read_term
from tryptome.config.mass_balance import MassBalance
from tryptome.config.strict import Share, Strict

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


class Interaction(Strict):
    """How a contrast differs between two levels of another column."""

    column: str = Field(description="Metadata column, for example `diet`.")
    reference: str = Field(description="Level of that column to compare against.")
    level: str = Field(description="Level of that column of interest.")


TWO_LEVELS = ("column", "reference", "level")


def _schema_of_contrast(schema: dict[str, Any]) -> None:
    """Say in the JSON Schema that a contrast has a formula or two levels."""
    schema["anyOf"] = [
        {"required": list(keys), "properties": {key: {"minLength": 1} for key in keys}}
        for keys in (("formula",), TWO_LEVELS)
    ]


class Contrast(Strict):
    """A comparison of groups of samples: two levels of a column, or a formula."""

    model_config = ConfigDict(json_schema_extra=_schema_of_contrast)

    column: str = Field(
        default="",
        description="Metadata column that tells the groups apart; with a `formula`, its first one "
        "that is tested.",
    )
    reference: str = Field(
        default="",
        description="Level to compare against; with a `formula`, of the tested column, by default "
        "the first in alphabetical order.",
    )
    level: str = Field(default="", description="Level of `column` of interest.")
    formula: str = Field(
        default="",
        description="Instead of two levels, a model: `diet + age + sex + (1|batch)`. Names of "
        "metadata columns (in backticks where they hold blanks), `+`, `-`, `:` and `*`, `C(x)` for "
        "numbers that are names of groups, `(1|x)` for a random intercept. Persons come from "
        "`subject_column`.",
    )
    test: str = Field(
        default="",
        description="Term of the formula that is tested, such as `diet` or `diet:phase`; by "
        "default its first as written, of a product the interaction.",
    )
    order: dict[str, list[str]] = Field(
        default={},
        description="Columns of a formula whose levels are steps of a scale, lowest first, for "
        "example `{severity: [none, mild, severe]}`. Samples of other levels are outside.",
    )
    strata: str = Field(
        default="",
        description="Column of a formula's contrast within whose levels alone samples are compared "
        "and permuted.",
    )
    weights: str = Field(
        default="", description="Column with the samples' weights in a formula's contrast."
    )
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

    @model_validator(mode="before")
    @classmethod
    def _column_of_formula(cls, content: Any) -> Any:
        """Name the tested column, by which groups are shown; raise where a formula is none."""
        if not isinstance(content, dict) or not isinstance(content.get("formula"), str):
            return content
        if not content["formula"] or content.get("column"):
            return content
        test = content.get("test")
        term = read_term(test) if isinstance(test, str) and test else None
        return content | {"column": (term or read_formula(content["formula"]).first)[0]}

    @model_validator(mode="after")
    def _either_levels_or_formula(self) -> Self:
        """Raise where it is neither a formula nor two levels, or both."""
        if self.formula:
            formula = read_formula(self.formula)
            for key in ("level", "interaction", "adjust"):
                if getattr(self, key):
                    raise ValueError(f"{key}: put it into the formula instead")
            tested = read_term(self.test) if self.test else formula.first
            if not set(tested) <= set(formula.columns):
                raise ValueError(f"test: the formula has no term {self.test!r}")
            if self.column not in tested:
                raise ValueError("column: leave it out, the formula says what is tested")
            return self
        for key in TWO_LEVELS:
            if not getattr(self, key):
                raise ValueError(f"{key}: missing; a contrast has a formula or two levels")
        for key in ("test", "order", "strata", "weights"):
            if getattr(self, key):
                raise ValueError(f"{key}: it needs a formula")
        return self


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
    contributions: Literal["auto", "samples", "groups"] = Field(
        default="auto",
        description="Whether `contributions.parquet` holds the taxa of each of the `samples`, or "
        "means over the `groups` that the report shows; by default means in cohorts of over "
        "10,000 samples.",
    )
    bacterial_load_unit: Literal["cells", "copies"] = Field(
        default="cells",
        description="Unit of the metadata's column `bacterial_load`, where there is one: `cells` "
        "or 16S `copies`, per gram.",
    )
    shards: Literal["auto"] | Annotated[int, Field(ge=1, le=1000)] = Field(
        default="auto",
        description="Jobs among which the samples of each cohort are divided; results do not "
        "depend on it. By default one up to 50,000 samples (and with measured metabolites), "
        "and two above; samples of packed, JSON and long tables are not counted beforehand.",
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


class Community(Strict):
    """Settings of the stage `community`."""

    most_samples: Annotated[int, Field(ge=20, le=5_000)] = Field(
        default=2000,
        description="Most samples that are ordinated, and most units (samples or persons) whose "
        "whole compositions are tested: of larger cohorts whole persons, of every group alike, "
        "evenly spread. Memory grows with its square and time with its cube.",
    )


class Question(Strict):
    """One question put to several cohorts, each of which has a contrast for it."""

    title: str = Field(default="", description="How the pooled page names the question.")
    contrasts: dict[Name, Name] = Field(
        description="Name of the contrast in each cohort, for example "
        "`{first: cancer, second: carcinoma}`. Two cohorts at least.",
        min_length=2,
    )
    term: str | dict[Name, str] = Field(
        default="",
        description="Which term is pooled, as `contrasts.tsv` names it, where a contrast has "
        "several, for example `diet: plant against baseline`; or that of each cohort whose "
        'contrast has several, `{first: "group: ill against well", second: "Dx: 2 against 0"}`.',
    )

    def term_of(self, cohort: str) -> str | None:
        """Term that is named for a cohort, or None."""
        named = self.term if isinstance(self.term, str) else self.term.get(cohort, "")
        return named or None


class PooledColumn(Strict):
    """Where one cohort has what all cohorts share."""

    column: str = Field(description="Metadata column of this cohort.")
    levels: dict[str, str] = Field(
        default={},
        description="What its values are called in the harmonised table, for example "
        '`{"0": control, "1": case}`; others stay as they are.',
    )
    unit: str = Field(
        default="",
        description="Unit of its numbers. Slopes of cohorts are pooled where it is the same.",
    )


class Pool(Strict):
    """How findings are pooled over cohorts."""

    questions: dict[Name, Question] = Field(
        default={},
        description="Which contrasts of which cohorts are one question; by default contrasts of "
        "the same name in two cohorts or more.",
    )
    metadata: dict[Name, dict[Name, PooledColumn]] = Field(
        default={},
        description="Columns of the harmonised table: under the name of each, where every cohort "
        "has it. By default the columns that all cohorts have under one name. Contrasts of the top "
        "level may use these names and their levels.",
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
    mass_balance: MassBalance = Field(
        default=MassBalance(), description="Priors of your own for the mass balance, by parameter."
    )
    compare: Compare = Field(default=Compare(), description="Settings of the contrasts.")
    community: Community = Field(
        default=Community(), description="Settings of what is said of whole communities."
    )
    pool: Pool = Field(default=Pool(), description="How findings are pooled over cohorts.")
    seed: Annotated[int, Field(ge=0, lt=2**32)] = Field(
        default=1, description="Seed of everything that draws random numbers."
    )
