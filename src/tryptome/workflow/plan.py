"""What the workflow is to do: cohorts, their inputs, and each stage's settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from tryptome.config import Cohort, Config, parse
from tryptome.config.pooling import questions
from tryptome.errors import InputError
from tryptome.ingest.profiles import files_of
from tryptome.paths import cohort_dir, locate
from tryptome.workflow import resources
from tryptome.workflow.samples import samples_in, shards_for
from tryptome.workflow.sizes import megabytes

EXTEND = "results/extend"
"""Folder of the stage ``extend``, which is one for all cohorts."""

NO_LARGE_COHORT = 2.0
"""MB of text under which a table holds no cohort whose contributions go by group by default.

Ten thousand communities take more; the groups of smaller ones are no setting of
``estimate``, so that a change of them reruns nothing.
"""

TWO_THREADS = 80.0
"""MB of text above which samples are worked out by two threads."""

ONE_SHARD = 10.0
"""MB of text up to which samples are not counted: 50,000 communities take more."""

ORGANISM = ("species", "lineage", "genome", "place")


class Plan:
    """Inputs and settings of each job, out of a checked configuration.

    A stage gets only the slice of the configuration that it uses, so that a
    change elsewhere reruns nothing.

    Parameters
    ----------
    config : Config
    """

    def __init__(self, config: Config) -> None:
        self.config = config
        self._sizes: dict[str, float] = {}
        self._shards: dict[str, int] = {}

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> Plan:
        """Check Snakemake's ``config`` dictionary and plan it.

        Raises
        ------
        snakemake.exceptions.WorkflowError
            The configuration is wrong; the message says where and how to mend it.
        """
        from snakemake.exceptions import WorkflowError

        from tryptome.errors import TryptomeError

        try:
            plan = cls(parse(content))
            # Read now, so that a mistake in it leads the log.
            _ = plan.organisms
            return plan
        except TryptomeError as error:
            raise WorkflowError(str(error)) from None

    @property
    def cohorts(self) -> list[str]:
        """Names of the cohorts, sorted."""
        return sorted(self.config.cohorts)

    def cohort(self, wildcards: Any) -> Cohort:
        """Cohort of a job.

        Raises
        ------
        InputError
            The configuration has none of this name: somebody asked for a file of another.
        """
        name = wildcards.cohort
        if name not in self.config.cohorts:
            raise InputError(
                "the configuration has no cohort of this name",
                place=name,
                remedy=f"name a file of one that it has, as {', '.join(self.cohorts[:3])}",
            )
        return self.config.cohorts[name]

    def mem_mb(self, stage: str) -> Callable[[Any, int], int]:
        """Memory of a stage's jobs, for Snakemake to ask with wildcards and attempt."""
        return lambda wildcards, attempt: resources.memory(stage, self.size(wildcards), attempt)

    def runtime(self, stage: str) -> Callable[[Any, int], int]:
        """Minutes of a stage's jobs, for Snakemake to ask with wildcards and attempt."""
        return lambda wildcards, attempt: resources.minutes(stage, self.size(wildcards), attempt)

    def size(self, wildcards: Any) -> float:
        """MB of what a job is about: its cohort's files; all cohorts', where it names none.

        A shard has its part of them. The files of earlier stages do not exist yet when a
        cluster is asked.
        """
        names = [wildcards.cohort] if hasattr(wildcards, "cohort") else self.cohorts
        size = sum(self._size_of(name) for name in names)
        return size / self.shards(wildcards) if hasattr(wildcards, "number") else size

    def _size_of(self, name: str) -> float:
        if name not in self._sizes:
            cohort = self.config.cohorts[name]
            table = locate(cohort.table)
            files = files_of(table) if table.is_dir() else [table]
            others = (cohort.taxonomy, cohort.metadata, cohort.sequences, cohort.measured)
            files += [locate(path) for path in others if path is not None]
            self._sizes[name] = megabytes(files)
        return self._sizes[name]

    def inputs(self, wildcards: Any) -> dict[str, str]:
        """Input files of ``ingest``: the table, and the other files that there are."""
        cohort = self.cohort(wildcards)
        named = {
            "table": cohort.table,
            "taxonomy": cohort.taxonomy,
            "metadata": cohort.metadata,
            "sequences": cohort.sequences,
        }
        return {key: str(locate(path)) for key, path in named.items() if path is not None}

    def profiles(self, wildcards: Any) -> list[str]:
        """Files of a table that is a folder, so that a change of one of them is seen."""
        table = locate(self.cohort(wildcards).table)
        return [str(path) for path in files_of(table)] if table.is_dir() else []

    def ingest(self, wildcards: Any) -> dict[str, Any]:
        """Settings of ``ingest``: how to read the table and the metadata."""
        return self.cohort(wildcards).reading()

    @property
    def extend_inputs(self) -> dict[str, str]:
        """Tables of ``extend``: the user's evidence and genomes, as far as there are any."""
        named = {"evidence": self.config.evidence, "genomes": self.config.genomes}
        return {key: str(locate(path)) for key, path in named.items() if path is not None}

    @cached_property
    def genome_files(self) -> list[str]:
        """Annotated genomes that the user's sheet names."""
        if self.config.genomes is None:
            return []
        from tryptome.extend.tables import read_genomes

        return [str(locate(genome.file)) for genome in read_genomes(locate(self.config.genomes))]

    @cached_property
    def organisms(self) -> list[dict[str, str]]:
        """Organisms of the user's tables that may be new to the reference, sorted.

        Without their lines, so that a row added above one of them changes nothing.
        """
        tables = self.extend_inputs
        if not tables:
            return []
        from tryptome.extend.run import organisms_with_lineage
        from tryptome.knowledge import load

        found = organisms_with_lineage(tables.get("evidence"), tables.get("genomes"), load())
        bare = {(o.species, o.lineage, o.genome, o.place.rpartition(", ")[0]) for o in found}
        return [dict(zip(ORGANISM, fields, strict=True)) for fields in sorted(bare)]

    def extend_species(self, wildcards: Any) -> dict[str, Any]:
        """Settings of the rule that adds species to the reference."""
        return {"organisms": self.organisms}

    @property
    def added_species(self) -> dict[str, str]:
        """Input of ``resolve`` and ``annotate``: added species, where there may be any."""
        return {"species": f"{EXTEND}/species.tsv"} if self.organisms else {}

    @property
    def own_knowledge(self) -> dict[str, str]:
        """Input of ``annotate``: added species, and the user's counts where there are any."""
        own = {"evidence": f"{EXTEND}/evidence.tsv"} if self.extend_inputs else {}
        return self.added_species | own

    def estimate(self, wildcards: Any) -> dict[str, Any]:
        """Settings of ``estimate``; its threads where they are more than one."""
        threads = self.estimate_threads(wildcards)
        return self.estimate_survey(wildcards) | ({"threads": threads} if threads > 1 else {})

    def estimate_threads(self, wildcards: Any) -> int:
        """Threads of ``estimate``: two for a large cohort that is one job."""
        alone = self.shards(wildcards) == 1
        return 2 if alone and self.size(wildcards) > TWO_THREADS else 1

    def estimate_survey(self, wildcards: Any) -> dict[str, Any]:
        """What estimates go by, with the priors of the mass balance that are replaced."""
        settings = self.config.estimate.model_dump(exclude={"shards"})
        # The stage reads a file of that name.
        settings["copy_number_correction"] = settings.pop("copy_number")
        settings["mass_balance"] = self.config.mass_balance.model_dump(exclude_none=True)
        settings["seed"] = self.config.seed
        form, size = self.config.estimate.contributions, self._size_of(wildcards.cohort)
        if form == "groups" or (form == "auto" and size > NO_LARGE_COHORT):
            settings |= self._groups(self.cohort(wildcards))
        return settings

    def estimate_shard(self, wildcards: Any) -> dict[str, Any]:
        """Settings of one of the shards of a cohort."""
        place = {"number": int(wildcards.number), "shards": self.shards(wildcards)}
        return self.estimate_survey(wildcards) | place

    def shards(self, wildcards: Any) -> int:
        """How many jobs work out the samples of a cohort."""
        asked = self.config.estimate.shards
        return self._shards_of(wildcards.cohort) if asked == "auto" else asked

    def _shards_of(self, name: str) -> int:
        if name not in self._shards:
            found, cohort = None, self.config.cohorts[name]
            # What was measured is a job more, which with shards would be 13.
            if cohort.measured is None and self._size_of(name) > ONE_SHARD:
                found = samples_in(cohort)
            self._shards[name] = 1 if found is None else shards_for(found)
        return self._shards[name]

    @cached_property
    def any_sharded(self) -> bool:
        """Whether the samples of one of the cohorts are divided among jobs."""
        asked = self.config.estimate.shards
        return (
            any(self._shards_of(name) > 1 for name in self.cohorts)
            if asked == "auto"
            else asked > 1
        )

    def sharded(self, wildcards: Any) -> dict[str, Any]:
        """Inputs of ``estimate`` where the cohort is sharded: what shards wrote."""
        shards = self.shards(wildcards)
        if shards == 1:
            return {}
        folder = cohort_dir(wildcards.cohort, "estimate") / "shards"
        return {
            "divided": str(folder / "budget.tsv"),
            "shards": [str(folder / str(number)) for number in range(shards)],
        }

    def _groups(self, cohort: Cohort) -> dict[str, Any]:
        """Groups that the report shows, and the persons in them."""
        contrasts = cohort.contrasts or {}
        return {
            "subject_column": cohort.subject_column,
            "groups": list(cohort.groups) or _contrast_columns(contrasts),
            # `contrasts` is the name of an input of `report`.
            "contrast_settings": {name: c.model_dump() for name, c in contrasts.items()},
        }

    @property
    def prediction(self) -> list[str]:
        """Coefficients of the user's own, so that a change of one of them is seen."""
        return prediction_files(self.config)

    @property
    def paired(self) -> list[str]:
        """Names of the cohorts with measured metabolites, sorted."""
        return [name for name in self.cohorts if self.config.cohorts[name].measured]

    def measured_input(self, wildcards: Any) -> dict[str, str]:
        """Input of ``measured``: the table of metabolites."""
        path = self.cohort(wildcards).measured
        return {} if path is None else {"measured": str(locate(path))}

    def measured(self, wildcards: Any) -> dict[str, Any]:
        """Settings of ``measured``."""
        cohort = self.cohort(wildcards)
        return {
            "columns": dict(cohort.measured_columns),
            "subject_column": cohort.subject_column,
            "seed": self.config.seed,
        }

    def refit(self, wildcards: Any) -> dict[str, Any]:
        """Settings of ``refit``: those of ``measured``, and the cohort's name."""
        return {**self.measured(wildcards), "cohort": wildcards.cohort}

    def compare(self, wildcards: Any) -> dict[str, Any]:
        """Settings of ``compare``, with the cohort's contrasts and its persons."""
        cohort = self.cohort(wildcards)
        return {
            "contrasts": {name: c.model_dump() for name, c in (cohort.contrasts or {}).items()},
            "shared": self._shared(wildcards.cohort),
            "subject_column": cohort.subject_column,
            "seed": self.config.seed,
            "copy_number_correction": self.config.estimate.copy_number,
            "mass_balance": self.config.mass_balance.model_dump(exclude_none=True),
            **self.config.compare.model_dump(),
        }

    def _shared(self, name: str) -> list[str]:
        """Contrasts of a cohort that others have too, sorted."""
        others = [other for at, other in self.config.cohorts.items() if at != name]
        elsewhere = {contrast for other in others for contrast in other.contrasts or {}}
        return sorted(elsewhere & set(self.config.cohorts[name].contrasts or {}))

    def report_input(self, wildcards: Any) -> dict[str, str]:
        """Input of ``report`` that only some cohorts have: what was measured in them."""
        measured = cohort_dir(wildcards.cohort, "measured") / "measured.tsv"
        return {"measured": str(measured)} if self.cohort(wildcards).measured else {}

    def sensitivity(self, wildcards: Any) -> dict[str, Any]:
        """Settings of ``sensitivity``: the contrasts, and the choices that the main one makes."""
        return self._contrasts(wildcards) | {
            "copy_number": self.config.estimate.copy_number,
            "min_assessable": self.config.estimate.min_assessable,
        }

    def community(self, wildcards: Any) -> dict[str, Any]:
        """Settings of ``community``: the contrasts, and how many samples are ordinated."""
        return self._contrasts(wildcards) | self.config.community.model_dump()

    def _contrasts(self, wildcards: Any) -> dict[str, Any]:
        """Contrasts of a cohort, its persons, and the seed of permutations."""
        cohort = self.cohort(wildcards)
        contrasts = cohort.contrasts or {}
        return {
            # `contrasts` is the name of an input of `sensitivity`.
            "contrast_settings": {name: c.model_dump() for name, c in contrasts.items()},
            "subject_column": cohort.subject_column,
            "confidence": self.config.compare.confidence,
            "seed": self.config.seed,
        }

    def export(self, wildcards: Any) -> dict[str, Any]:
        """Settings of ``export``: the name of the cohort."""
        return {"cohort": wildcards.cohort}

    @property
    def pools(self) -> bool:
        """Whether two cohorts have a question in common."""
        return bool(questions(self.config))

    def pool(self, wildcards: Any) -> dict[str, Any]:
        """Settings of ``pool``: the questions, and how metadata map."""
        cohorts = {name: self.config.cohorts[name] for name in self.cohorts}
        shared = {
            name: {"title": q.title, "contrasts": q.contrasts}
            | {"terms": {cohort: q.term_of(cohort) for cohort in q.contrasts}}
            for name, q in questions(self.config).items()
        }
        return {
            "cohorts": list(cohorts),
            "questions": shared,
            "metadata": self.config.pool.model_dump()["metadata"],
            "persons": {name: cohort.subject_column for name, cohort in cohorts.items()},
            "confidence": self.config.compare.confidence,
        }

    def report(self, wildcards: Any) -> dict[str, Any]:
        """Settings of ``report``: what the cohort is and which groups to show."""
        cohort = self.cohort(wildcards)
        return {
            "cohort": wildcards.cohort,
            "title": cohort.title or wildcards.cohort,
            "description": cohort.description,
            "citation": cohort.citation,
            **self._groups(cohort),
            "estimate": self.config.estimate.model_dump(exclude={"shards"}),
            "compare": self.config.compare.model_dump(),
            "seed": self.config.seed,
        }


def prediction_files(config: Config) -> list[str]:
    """Files of the folder ``estimate.prediction``; none where the shipped ones are used."""
    folder = config.estimate.prediction
    if folder is None:
        return []
    return [str(locate(folder) / name) for name in ("coefficients.tsv", "models.tsv")]


def _contrast_columns(contrasts: Mapping[str, Any]) -> list[str]:
    """Columns that the contrasts use, in the order in which they first occur."""
    columns: dict[str, None] = {}
    for contrast in contrasts.values():
        if contrast.interaction is not None:
            columns[contrast.interaction.column] = None
        columns[contrast.column] = None
    return list(columns)
