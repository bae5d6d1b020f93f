import library  # noqa: F401
from tryptome.community.run import run
from tryptome.workflow import job

job(snakemake, run)
