rule community:
    input:
        table=rules.ingest.output.table,
        ledger=rules.ingest.output.ledger,
        samples=rules.ingest.output.samples,
        resolution=rules.resolve.output.resolution,
        capabilities=rules.annotate.output.capabilities,
        quantities=rules.estimate.output.quantities,
    output:
        alpha="results/cohorts/{cohort}/community/alpha.tsv",
        ordination="results/cohorts/{cohort}/community/ordination.tsv",
        tests="results/cohorts/{cohort}/community/tests.tsv",
        abundance="results/cohorts/{cohort}/community/abundance.tsv",
        beyond_diversity="results/cohorts/{cohort}/community/beyond_diversity.tsv",
    log:
        "results/provenance/logs/{cohort}/community.log",
    conda:
        "../../envs/tryptome.yaml"
    threads: 1
    resources:
        mem_mb=plan.mem_mb("community"),
        runtime=plan.runtime("community"),
    params:
        settings=plan.community,
        library=fingerprint("community"),
        knowledge=knowledge_fingerprint(),
    message:
        "{wildcards.cohort}: diversity, ordination and abundance beside function"
    script:
        "../../scripts/community.py"
