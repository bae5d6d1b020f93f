"""The typed model of a study, one file of ``config/studies/`` each."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from tryptome.config.model import Cohort, Name
from tryptome.config.strict import Strict

DATA = "data:"
"""Prefix of a path, in a cohort of a study, to one of the study's files."""

Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Inside = Annotated[str, StringConstraints(pattern=r"^[\w-][^/\\\n]*(/[\w-][^/\\\n]*)*$")]
"""A relative path that stays below its folder: no part of it begins with a dot."""

Address = Annotated[str, StringConstraints(pattern=r"^https?://[^\s\"']+$")]


class Packaged(Strict):
    """A file inside a Python package of the registry."""

    name: Name = Field(description="Name of the package.")
    version: Name = Field(description="Its version.")
    member: Inside = Field(description="Path of the file inside the archive.")


class DataFile(Strict):
    """One file of a study's data, and the places it can be had from."""

    path: Inside = Field(description="Where it is in the folder of data, with or without `.gz`.")
    sha256: Digest = Field(description="SHA-256 of its content, uncompressed.")
    urls: list[Address] = Field(default=[], description="Mirrors, tried in this order.")
    wheel: Packaged | None = Field(default=None, description="Wheel that holds it, tried next.")
    sdist: Packaged | None = Field(
        default=None,
        description="Source distribution (`.tar.gz`) that holds it, tried last. Nothing of it is "
        "built or run.",
    )


class Joined(Strict):
    """A table of metadata that is put together out of files of the study."""

    file: Name = Field(description="File with one row a sample.")
    columns: list[str] | None = Field(
        default=None, description="Names of its columns, where it has no header."
    )
    join: Name | None = Field(default=None, description="File with further columns.")
    left: str = Field(default="", description="Column of `file` by which rows are matched.")
    right: str = Field(default="", description="Column of `join` by which rows are matched.")


class Taxon(Strict):
    """Share of a sample's reads that a taxon has."""

    rank: Literal["phylum", "class", "order", "family", "genus", "species"] = Field(
        description="Rank at which names are compared."
    )
    names: list[str] = Field(
        min_length=1, description="What it is called, in any nomenclature of the table."
    )


class Statement(Strict):
    """A published statement, and what of ours it is held against."""

    statement: str = Field(description="What the article says, in few words or quoted.")
    place: str = Field(description="Where in the article.")
    seen: str = Field(description="Where it was read.")
    direction: Literal["higher", "lower", "none", "unstated"] = Field(
        description="Direction of the published difference, `level` against `reference`: `none` "
        "where the article says that there is none, `unstated` where it does not say."
    )
    size: str = Field(default="", description="Published size, where one is given.")
    contrast: Name | None = Field(default=None, description="Contrast that asks the same.")
    term: str | None = Field(
        default=None,
        description="Term of it, as `contrasts.tsv` names it, where a formula has several.",
    )
    quantity: str | None = Field(default=None, description="Quantity of `contrasts.tsv`.")
    taxon: Taxon | None = Field(default=None, description="Or the share of reads of a taxon.")
    diversity: Literal["shannon"] | None = Field(default=None, description="Or a diversity.")
    not_testable: str = Field(default="", description="Or why it cannot be compared.")
    note: str = Field(default="", description="What to bear in mind in the comparison.")

    @model_validator(mode="after")
    def _one_measure(self) -> Self:
        given = [self.quantity, self.taxon, self.diversity, self.not_testable or None]
        if sum(measure is not None for measure in given) != 1:
            raise ValueError("give one of `quantity`, `taxon`, `diversity`, `not_testable`")
        if not self.not_testable and (self.contrast is None or self.direction == "unstated"):
            raise ValueError("a statement that is compared needs `contrast` and `direction`")
        return self


class Study(Strict):
    """A published study that can be run again."""

    title: str = Field(description="Short name for people.")
    citation: str = Field(description="The article.")
    doi: str = Field(default="", description="DOI of the article, as seen.")
    pmid: str = Field(default="", description="PubMed id of the article, as seen.")
    data: str = Field(description="What the data are, and where they were published.")
    files: dict[Name, DataFile] = Field(default={}, description="Files of data, by name.")
    joined: dict[Name, Joined] = Field(
        default={}, description="Tables put together out of them, by name."
    )
    cohort: Cohort = Field(
        description="The cohort as in a configuration; `data:NAME` is one of the files."
    )
    statements: list[Statement] = Field(default=[], description="Published statements.")
    unseen: str = Field(default="", description="What could not be read, and is not compared.")

    @model_validator(mode="after")
    def _names_exist(self) -> Self:
        known = {*self.files, *self.joined}
        for path in (self.cohort.table, self.cohort.taxonomy, self.cohort.metadata):
            if path and path.startswith(DATA) and path.removeprefix(DATA) not in known:
                raise ValueError(f"`{path}` is none of `files` and `joined`")
        for table in self.joined.values():
            if not {table.file, table.join or table.file} <= set(self.files):
                raise ValueError("`joined` names a file that is not in `files`")
        if not self.statements and not self.unseen:
            raise ValueError("a study without `statements` says in `unseen` why it has none")
        for one in self.statements:
            if one.contrast is not None and one.contrast not in (self.cohort.contrasts or {}):
                raise ValueError(f"no contrast `{one.contrast}` in the cohort")
        return self
