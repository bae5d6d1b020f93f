rule estimate:
    input:
        *plan.prediction,
        unpack(sharded(workflow, plan)),
        table=rules.ingest.output.table,
        ledger=rules.ingest.output.ledger,
        samples=rules.ingest.output.samples,
        resolution=rules.resolve.output.resolution,
        capabilities=rules.annotate.output.capabilities,
        copy_number=rules.annotate.output.copy_number,
    output:
        composition="results/cohorts/{cohort}/estimate/composition.biom",
        quantities="results/cohorts/{cohort}/estimate/quantities.parquet",
        contributions="results/cohorts/{cohort}/estimate/contributions.parquet",
        accounting=report(
            "results/cohorts/{cohort}/estimate/accounting.tsv",
            caption="../report/accounting.rst",
            category="Estimates",
            subcategory="{cohort}",
            labels={"table": "where the reads end"},
        ),
        depth="results/cohorts/{cohort}/estimate/depth.tsv",
        applicability="results/cohorts/{cohort}/estimate/applicability.tsv",
        budget=report(
            "results/cohorts/{cohort}/estimate/budget.tsv",
            caption="../report/budget.rst",
            category="Estimates",
            subcategory="{cohort}",
            labels={"table": "where the uncertainty comes from"},
        ),
        scenario_checks=report(
            "results/cohorts/{cohort}/estimate/scenario_checks.tsv",
            caption="../report/scenario_checks.rst",
            category="Estimates",
            subcategory="{cohort}",
            labels={"table": "mass balance and the literature"},
        ),
    log:
        "results/provenance/logs/{cohort}/estimate.log",
    conda:
        "../../envs/tryptome.yaml"
    threads: plan.estimate_threads
    resources:
        mem_mb=plan.mem_mb("estimate"),
        runtime=plan.runtime("estimate"),
    params:
        settings=plan.estimate,
        library=fingerprint("estimate"),
        knowledge=knowledge_fingerprint(),
        prediction=prediction_fingerprint(),
        physiology=physiology_fingerprint(),
    message:
        "{wildcards.cohort}: what each community does, with intervals"
    script:
        "../../scripts/estimate.py"


# Only for cohorts that are sharded; `estimate` then joins what the shards wrote.
rule estimate_survey:
    input:
        *plan.prediction,
        table=rules.ingest.output.table,
        ledger=rules.ingest.output.ledger,
        samples=rules.ingest.output.samples,
        resolution=rules.resolve.output.resolution,
        capabilities=rules.annotate.output.capabilities,
        copy_number=rules.annotate.output.copy_number,
    output:
        survey=temp(directory("results/cohorts/{cohort}/estimate/shards/survey")),
        budget=temp("results/cohorts/{cohort}/estimate/shards/budget.tsv"),
    log:
        "results/provenance/logs/{cohort}/estimate_survey.log",
    conda:
        "../../envs/tryptome.yaml"
    threads: 1
    resources:
        mem_mb=plan.mem_mb("estimate_survey"),
        runtime=plan.runtime("estimate_survey"),
    params:
        settings=plan.estimate_survey,
        library=fingerprint("estimate"),
        knowledge=knowledge_fingerprint(),
        prediction=prediction_fingerprint(),
        physiology=physiology_fingerprint(),
    message:
        "{wildcards.cohort}: what single samples need to know of all of them"
    script:
        "../../scripts/estimate_survey.py"


rule estimate_shard:
    input:
        *plan.prediction,
        table=rules.ingest.output.table,
        ledger=rules.ingest.output.ledger,
        samples=rules.ingest.output.samples,
        resolution=rules.resolve.output.resolution,
        capabilities=rules.annotate.output.capabilities,
        copy_number=rules.annotate.output.copy_number,
        survey=rules.estimate_survey.output.survey,
    output:
        shard=temp(directory("results/cohorts/{cohort}/estimate/shards/{number}")),
    log:
        "results/provenance/logs/{cohort}/estimate_shard_{number}.log",
    wildcard_constraints:
        number=r"\d+",
    conda:
        "../../envs/tryptome.yaml"
    threads: 1
    resources:
        mem_mb=plan.mem_mb("estimate_shard"),
        runtime=plan.runtime("estimate_shard"),
    params:
        settings=plan.estimate_shard,
        library=fingerprint("estimate"),
        knowledge=knowledge_fingerprint(),
        prediction=prediction_fingerprint(),
        physiology=physiology_fingerprint(),
    message:
        "{wildcards.cohort}: what the communities of shard {wildcards.number} do"
    script:
        "../../scripts/estimate_shard.py"
