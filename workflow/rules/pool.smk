rule pool:
    input:
        contrasts=expand(rules.compare.output.contrasts, cohort=plan.cohorts),
        samples=expand(rules.ingest.output.samples, cohort=plan.cohorts),
        quantities=expand(rules.estimate.output.quantities, cohort=plan.cohorts),
    output:
        pooled="results/pooled/pooled.tsv",
        leave_one_out="results/pooled/leave_one_out.tsv",
        effects="results/pooled/effects.tsv",
        harmonised="results/pooled/harmonised.tsv",
        figures=directory("results/pooled/figures"),
        report=report(
            "results/pooled/report.html",
            caption="../report/pooled.rst",
            category="Cohorts together",
        ),
    log:
        "results/provenance/logs/pool.log",
    conda:
        "../../envs/tryptome.yaml"
    threads: 1
    resources:
        mem_mb=plan.mem_mb("pool"),
        runtime=plan.runtime("pool"),
    params:
        settings=plan.pool,
        library=fingerprint("pool"),
        knowledge=knowledge_fingerprint(),
    message:
        "pooling the cohorts"
    script:
        "../../scripts/pool.py"
