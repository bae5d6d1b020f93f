rule annotate:
    input:
        **plan.own_knowledge,
        taxa=rules.resolve.output.taxa,
    output:
        capabilities="results/cohorts/{cohort}/annotate/capabilities.parquet",
        copy_number="results/cohorts/{cohort}/annotate/copy_number.parquet",
    log:
        "results/provenance/logs/{cohort}/annotate.log",
    conda:
        "../../envs/tryptome.yaml"
    threads: 1
    resources:
        mem_mb=plan.mem_mb("annotate"),
        runtime=plan.runtime("annotate"),
    params:
        library=fingerprint("annotate"),
        knowledge=knowledge_fingerprint(),
    message:
        "{wildcards.cohort}: what each taxon can do, and how sure that is"
    script:
        "../../scripts/annotate.py"
