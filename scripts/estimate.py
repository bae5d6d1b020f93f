import library  # noqa: F401
from tryptome.estimate.run import run
from tryptome.workflow import job

job(snakemake, run)
