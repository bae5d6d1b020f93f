import library  # noqa: F401
from tryptome.extend.run import write_species
from tryptome.workflow import job

job(snakemake, write_species)
