import library  # noqa: F401
from tryptome.sensitivity.run import run
from tryptome.workflow import job

job(snakemake, run)
