import library  # noqa: F401
from tryptome.measured.refit import run
from tryptome.workflow import job

job(snakemake, run)
