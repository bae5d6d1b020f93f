import library  # noqa: F401
from tryptome.estimate.shards import run_shard
from tryptome.workflow import job

job(snakemake, run_shard)
