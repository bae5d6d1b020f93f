import library  # noqa: F401
from tryptome.estimate.shards import run_survey
from tryptome.workflow import job

job(snakemake, run_survey)
