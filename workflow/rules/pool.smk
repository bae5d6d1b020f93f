from tryptome.workflow import labels


rule pool:
    input:
        contrasts=of_each(plan.cohorts, rules.compare.output.contrasts),
        samples=of_each(plan.cohorts, rules.ingest.output.samples),
        quantities=of_each(plan.cohorts, rules.estimate.output.quantities),
    output:
        pooled=report(
            "results/pooled/pooled.tsv",
            caption="../report/pooled.rst",
            category="Comparisons",
            subcategory="all together",
            labels={"table": "pooled effects"},
        ),
        leave_one_out="results/pooled/leave_one_out.tsv",
        effects="results/pooled/effects.tsv",
        harmonised="results/pooled/harmonised.tsv",
        figures=report(
            directory("results/pooled/figures"),
            patterns=["{figure}.svg"],
            caption="../report/pooled_figures.rst",
            category="Figures",
            subcategory="all together",
            labels=labels.figure,
        ),
        report=report(
            "results/pooled/report.html",
            caption="../report/pooled.rst",
            category="Reports",
            labels={"cohort": "all together"},
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
