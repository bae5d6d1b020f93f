rule sensitivity:
    input:
        **plan.own_knowledge,
        table=rules.ingest.output.table,
        ledger=rules.ingest.output.ledger,
        samples=rules.ingest.output.samples,
        resolution=rules.resolve.output.resolution,
        contrasts=rules.compare.output.contrasts,
    output:
        specifications="results/cohorts/{cohort}/sensitivity/specifications.tsv",
        summary=report(
            "results/cohorts/{cohort}/sensitivity/summary.tsv",
            caption="../report/sensitivity.rst",
            category="Comparisons",
            subcategory="{cohort}",
            labels={"table": "other choices"},
        ),
        medians="results/cohorts/{cohort}/sensitivity/medians.tsv",
    log:
        "results/provenance/logs/{cohort}/sensitivity.log",
    conda:
        "../../envs/tryptome.yaml"
    threads: 1
    resources:
        mem_mb=plan.mem_mb("sensitivity"),
        runtime=plan.runtime("sensitivity"),
    params:
        settings=plan.sensitivity,
        library=fingerprint("sensitivity"),
        knowledge=knowledge_fingerprint(),
    message:
        "{wildcards.cohort}: contrasts under other choices"
    script:
        "../../scripts/sensitivity.py"
