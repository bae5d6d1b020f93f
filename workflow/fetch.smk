"""One file by its address, through Snakemake's storage plugin; `tryptome reproduce` runs it."""


rule fetch:
    input:
        storage.http(config["url"]),
    output:
        config["target"],
    log:
        "fetch.log",
    threads: 1
    resources:
        mem_mb=500,
        runtime=30,
    message:
        "fetching {config[url]}"
    shell:
        "cp {input:q} {output:q} 2> {log:q}"
