import library  # noqa: F401
from tryptome.annotate.run import run
from tryptome.workflow import job

job(snakemake, run)
