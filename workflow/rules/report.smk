from tryptome.workflow import labels


rule report:
    input:
        unpack(plan.report_input),
        ledger=rules.ingest.output.ledger,
        features=rules.ingest.output.features,
        samples=rules.ingest.output.samples,
        resolution=rules.resolve.output.resolution,
        taxa=rules.resolve.output.taxa,
        capabilities=rules.annotate.output.capabilities,
        quantities=rules.estimate.output.quantities,
        contributions=rules.estimate.output.contributions,
        accounting=rules.estimate.output.accounting,
        depth=rules.estimate.output.depth,
        budget=rules.estimate.output.budget,
        scenario_checks=rules.estimate.output.scenario_checks,
        applicability=rules.estimate.output.applicability,
        contrasts=rules.compare.output.contrasts,
        drivers=rules.compare.output.drivers,
        ordination=rules.community.output.ordination,
        tests=rules.community.output.tests,
        abundance=rules.community.output.abundance,
        beyond_diversity=rules.community.output.beyond_diversity,
        specifications=rules.sensitivity.output.specifications,
        medians=rules.sensitivity.output.medians,
    output:
        report=report(
            "results/cohorts/{cohort}/report/report.html",
            caption="../report/report.rst",
            category="Reports",
            labels={"cohort": "{cohort}"},
        ),
        figures=report(
            directory("results/cohorts/{cohort}/report/figures"),
            patterns=["{figure}.svg"],
            caption="../report/figures.rst",
            category="Figures",
            subcategory="{cohort}",
            labels=labels.figure,
        ),
        manifest="results/cohorts/{cohort}/report/manifest.tsv",
        brief="results/cohorts/{cohort}/report/brief.json",
    log:
        "results/provenance/logs/{cohort}/report.log",
    conda:
        "../../envs/tryptome.yaml"
    threads: 1
    resources:
        mem_mb=plan.mem_mb("report"),
        runtime=plan.runtime("report"),
    params:
        settings=plan.report,
        library=fingerprint("report"),
        knowledge=knowledge_fingerprint(),
        prediction=prediction_fingerprint(),
        physiology=physiology_fingerprint(),
    message:
        "{wildcards.cohort}: writing the report"
    script:
        "../../scripts/report.py"
