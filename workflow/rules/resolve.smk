rule resolve:
    input:
        **plan.added_species,
        table=rules.ingest.output.table,
        features=rules.ingest.output.features,
    output:
        resolution="results/cohorts/{cohort}/resolve/resolution.tsv",
        taxa="results/cohorts/{cohort}/resolve/taxa.tsv",
    log:
        "results/provenance/logs/{cohort}/resolve.log",
    conda:
        "../../envs/tryptome.yaml"
    threads: 1
    resources:
        mem_mb=plan.mem_mb("resolve"),
        runtime=plan.runtime("resolve"),
    params:
        library=fingerprint("resolve"),
        knowledge=knowledge_fingerprint(),
    message:
        "{wildcards.cohort}: resolving names to reference genomes"
    script:
        "../../scripts/resolve.py"
