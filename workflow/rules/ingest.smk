rule ingest:
    input:
        plan.profiles,
        unpack(plan.inputs),
    output:
        table="results/cohorts/{cohort}/ingest/table.biom",
        features="results/cohorts/{cohort}/ingest/features.tsv",
        samples="results/cohorts/{cohort}/ingest/samples.tsv",
        ledger="results/cohorts/{cohort}/ingest/ledger.json",
    log:
        "results/provenance/logs/{cohort}/ingest.log",
    conda:
        "../../envs/tryptome.yaml"
    threads: 1
    resources:
        mem_mb=plan.mem_mb("ingest"),
        runtime=plan.runtime("ingest"),
    params:
        settings=plan.ingest,
        library=fingerprint("ingest"),
    message:
        "{wildcards.cohort}: reading the table and its metadata"
    script:
        "../../scripts/ingest.py"
