rule measured:
    input:
        unpack(plan.measured_input),
        table=rules.ingest.output.table,
        samples=rules.ingest.output.samples,
        quantities=rules.estimate.output.quantities,
        depth=rules.estimate.output.depth,
    output:
        measured=report(
            "results/cohorts/{cohort}/measured/measured.tsv",
            caption="../report/measured.rst",
            category="Estimates",
            subcategory="{cohort}",
            labels={"table": "against measured metabolites"},
        ),
    log:
        "results/provenance/logs/{cohort}/measured.log",
    conda:
        "../../envs/tryptome.yaml"
    threads: 1
    resources:
        mem_mb=plan.mem_mb("measured"),
        runtime=plan.runtime("measured"),
    params:
        settings=plan.measured,
        library=fingerprint("measured"),
        knowledge=knowledge_fingerprint(),
    message:
        "{wildcards.cohort}: estimates against measured metabolites"
    script:
        "../../scripts/measured.py"


rule refit:
    """Not part of `all`: asked for by its target, see docs/files.md."""
    input:
        unpack(plan.measured_input),
        samples=rules.ingest.output.samples,
        quantities=rules.estimate.output.quantities,
        composition=rules.estimate.output.composition,
    output:
        coefficients="results/cohorts/{cohort}/measured/prediction/coefficients.tsv",
        models="results/cohorts/{cohort}/measured/prediction/models.tsv",
    log:
        "results/provenance/logs/{cohort}/refit.log",
    conda:
        "../../envs/tryptome.yaml"
    threads: 1
    resources:
        mem_mb=plan.mem_mb("measured"),
        runtime=plan.runtime("measured"),
    params:
        settings=plan.refit,
        library=fingerprint("measured"),
        knowledge=knowledge_fingerprint(),
        prediction=prediction_fingerprint(),
    message:
        "{wildcards.cohort}: coefficients refitted with its measured metabolites"
    script:
        "../../scripts/refit.py"
