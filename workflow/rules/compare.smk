rule compare:
    input:
        samples=rules.ingest.output.samples,
        ledger=rules.ingest.output.ledger,
        composition=rules.estimate.output.composition,
        capabilities=rules.annotate.output.capabilities,
        copy_number=rules.annotate.output.copy_number,
        quantities=rules.estimate.output.quantities,
    output:
        contrasts=report(
            "results/cohorts/{cohort}/compare/contrasts.tsv",
            caption="../report/contrasts.rst",
            category="Comparisons",
            subcategory="{cohort}",
            labels={"table": "contrasts"},
        ),
        drivers=report(
            "results/cohorts/{cohort}/compare/drivers.tsv",
            caption="../report/drivers.rst",
            category="Comparisons",
            subcategory="{cohort}",
            labels={"table": "drivers of the differences"},
        ),
    log:
        "results/provenance/logs/{cohort}/compare.log",
    conda:
        "../../envs/tryptome.yaml"
    threads: 1
    resources:
        mem_mb=plan.mem_mb("compare"),
        runtime=plan.runtime("compare"),
    params:
        settings=plan.compare,
        library=fingerprint("compare"),
        physiology=physiology_fingerprint(),
    message:
        "{wildcards.cohort}: comparing groups"
    script:
        "../../scripts/compare.py"
