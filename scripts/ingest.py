import library  # noqa: F401
from tryptome.ingest.run import run
from tryptome.workflow import job

job(snakemake, run)
