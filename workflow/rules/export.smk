rule export:
    input:
        **plan.added_species,
        table=rules.ingest.output.table,
        samples=rules.ingest.output.samples,
        resolution=rules.resolve.output.resolution,
        taxa=rules.resolve.output.taxa,
        capabilities=rules.annotate.output.capabilities,
        quantities=rules.estimate.output.quantities,
        composition=rules.estimate.output.composition,
        accounting=rules.estimate.output.accounting,
        depth=rules.estimate.output.depth,
    output:
        biom="results/cohorts/{cohort}/export/capabilities.biom",
        frequencies="results/cohorts/{cohort}/export/capabilities.qza",
        quantities="results/cohorts/{cohort}/export/quantities.qza",
        left_out=report(
            "results/cohorts/{cohort}/export/left_out.tsv",
            caption="../report/left_out.rst",
            category="Exports",
            subcategory="{cohort}",
            labels={"table": "left out of the exports"},
        ),
        otu="results/cohorts/{cohort}/export/phyloseq/otu.csv",
        tax="results/cohorts/{cohort}/export/phyloseq/tax.csv",
        sample_data="results/cohorts/{cohort}/export/phyloseq/sample_data.csv",
        long="results/cohorts/{cohort}/export/long.parquet",
        long_text="results/cohorts/{cohort}/export/long.tsv.gz",
        general="results/cohorts/{cohort}/export/multiqc/{cohort}_general_mqc.json",
        tiers="results/cohorts/{cohort}/export/multiqc/{cohort}_tiers_mqc.json",
        headlines="results/cohorts/{cohort}/export/multiqc/{cohort}_quantities_mqc.json",
    log:
        "results/provenance/logs/{cohort}/export.log",
    conda:
        "../../envs/tryptome.yaml"
    threads: 1
    resources:
        mem_mb=plan.mem_mb("export"),
        runtime=plan.runtime("export"),
    params:
        settings=plan.export,
        library=fingerprint("export"),
        knowledge=knowledge_fingerprint(),
    message:
        "{wildcards.cohort}: writing for BIOM, QIIME 2, phyloseq and MultiQC"
    script:
        "../../scripts/export.py"
