import library  # noqa: F401
from tryptome.index.run import run
from tryptome.workflow import job

job(snakemake, run)
