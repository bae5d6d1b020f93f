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
        tests=report(
            "results/cohorts/{cohort}/community/tests.tsv",
            caption="../report/community_tests.rst",
            category="Community",
            subcategory="{cohort}",
            labels={"table": "diversity and composition"},
        ),
        abundance=report(
            "results/cohorts/{cohort}/community/abundance.tsv",
            caption="../report/abundance.rst",
            category="Community",
            subcategory="{cohort}",
            labels={"table": "taxa that differ"},
        ),
        beyond_diversity=report(
            "results/cohorts/{cohort}/community/beyond_diversity.tsv",
            caption="../report/beyond_diversity.rst",
            category="Community",
            subcategory="{cohort}",
            labels={"table": "function beyond diversity"},
        ),
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
