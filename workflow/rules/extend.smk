rule extend_species:
    output:
        species="results/extend/species.tsv",
    log:
        "results/provenance/logs/extend_species.log",
    conda:
        "../../envs/tryptome.yaml"
    threads: 1
    resources:
        mem_mb=plan.mem_mb("extend"),
        runtime=plan.runtime("extend"),
    params:
        settings=plan.extend_species,
        library=fingerprint("extend"),
        knowledge=knowledge_fingerprint(),
    message:
        "placing species that the reference lacks"
    script:
        "../../scripts/extend_species.py"


rule extend:
    input:
        *plan.genome_files,
        **plan.extend_inputs,
    output:
        evidence="results/extend/evidence.tsv",
        calls="results/extend/calls.tsv",
    log:
        "results/provenance/logs/extend.log",
    conda:
        "../../envs/tryptome.yaml"
    threads: 1
    resources:
        mem_mb=plan.mem_mb("extend"),
        runtime=plan.runtime("extend"),
    params:
        library=fingerprint("extend"),
        knowledge=knowledge_fingerprint(),
    message:
        "reading your own evidence and genomes"
    script:
        "../../scripts/extend.py"
