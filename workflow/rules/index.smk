rule index:
    input:
        briefs=of_each(plan.cohorts, rules.report.output.brief),
        pooled=rules.pool.output.report if plan.pools else [],
    output:
        page=report(
            "results/index.html",
            caption="../report/index.rst",
            category="Reports",
            labels={"cohort": "index of all"},
        ),
    log:
        "results/provenance/logs/index.log",
    # A second of work: no job for a cluster.
    localrule: True
    conda:
        "../../envs/tryptome.yaml"
    threads: 1
    resources:
        mem_mb=plan.mem_mb("index"),
        runtime=plan.runtime("index"),
    params:
        library=fingerprint("index"),
    message:
        "writing the index"
    script:
        "../../scripts/index.py"
