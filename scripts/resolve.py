from tryptome.resolve.run import run

import library  # noqa: F401
from tryptome.workflow import job

job(snakemake, run)
