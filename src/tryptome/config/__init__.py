"""The configuration: one typed model, strict, with its defaults in one place."""

from tryptome.config.load import load, parse
from tryptome.config.model import Cohort, Config, Contrast, Interaction

__all__ = ["Cohort", "Config", "Contrast", "Interaction", "load", "parse"]
