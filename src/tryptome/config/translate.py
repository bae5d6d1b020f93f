"""Contrasts of all cohorts in the words of each, by the mapping of ``pool.metadata``."""

from __future__ import annotations

from collections.abc import Mapping

from tryptome.compare.formula import read_formula
from tryptome.config.model import Config, Contrast, PooledColumn
from tryptome.errors import ConfigError

Words = Mapping[str, PooledColumn]
"""What a cohort calls each shared column."""


def shared_contrasts(config: Config, cohort: str, place: str) -> dict[str, Contrast]:
    """Contrasts of the top level as one cohort says them.

    Parameters
    ----------
    config : Config
    cohort : str
        Name of a cohort.
    place : str
        Name of the file, for messages.

    Returns
    -------
    dict of str to Contrast

    Raises
    ------
    ConfigError
        A level stands for several levels of the cohort, or a formula uses a mapped name.

    Examples
    --------
    >>> ill = {"column": "group", "reference": "control", "level": "case"}
    >>> mapped = {"group": {"a": {"column": "Dx", "levels": {"0": "control", "1": "case"}}}}
    >>> content = {"contrasts": {"ill": ill}, "pool": {"metadata": mapped}}
    >>> found = shared_contrasts(Config.model_validate(content), "a", "configuration")["ill"]
    >>> found.column, found.reference, found.level
    ('Dx', '0', '1')
    """
    words = {
        shared: places[cohort]
        for shared, places in config.pool.metadata.items()
        if cohort in places
    }
    translator = _Translator(words, f"cohort {cohort}", place)
    return {
        name: translator.contrast(contrast, f"contrasts.{name}")
        for name, contrast in config.contrasts.items()
    }


class _Translator:
    """From shared names and levels to those of one cohort."""

    def __init__(self, words: Words, cohort: str, place: str) -> None:
        self._words = words
        self._cohort = cohort
        self._place = place

    def contrast(self, contrast: Contrast, key: str) -> Contrast:
        if contrast.formula:
            return self._formula(contrast, key)
        interaction = contrast.interaction
        changes: dict[str, object] = {
            "column": self._column(contrast.column),
            "reference": self._level(contrast.column, contrast.reference, key),
            "level": self._level(contrast.column, contrast.level, key),
            "where": {self._column(c): self._where(c, v) for c, v in contrast.where.items()},
            "adjust": [self._column(column) for column in contrast.adjust],
        }
        if interaction is not None:
            own = {
                "column": self._column(interaction.column),
                "reference": self._level(interaction.column, interaction.reference, key),
                "level": self._level(interaction.column, interaction.level, key),
            }
            changes["interaction"] = interaction.model_copy(update=own)
        return contrast.model_copy(update=changes)

    def _formula(self, contrast: Contrast, key: str) -> Contrast:
        mapped = [
            column
            for column in read_formula(contrast.formula).columns
            if column in self._words and self._words[column].column != column
        ]
        if mapped:
            raise self._error(
                f"{key}.formula: `{mapped[0]}` is a name of `pool.metadata`, and formulas are not "
                "translated"
            )
        return contrast

    def _column(self, shared: str) -> str:
        return self._words[shared].column if shared in self._words else shared

    def _levels(self, shared: str, level: str) -> list[str]:
        """Levels of the cohort that a shared one stands for."""
        levels = self._words[shared].levels if shared in self._words else {}
        return [own for own, called in levels.items() if called == level] or [level]

    def _level(self, shared: str, level: str, key: str) -> str:
        own = self._levels(shared, level)
        if len(own) > 1:
            raise self._error(
                f"{key}: `{level}` of `{shared}` stands for several levels ({', '.join(own)})"
            )
        return own[0]

    def _where(self, shared: str, wanted: str | list[str]) -> str | list[str]:
        given = [wanted] if isinstance(wanted, str) else wanted
        own = [one for level in given for one in self._levels(shared, level)]
        return own[0] if isinstance(wanted, str) and len(own) == 1 else own

    def _error(self, what: str) -> ConfigError:
        remedy = "give the cohort a contrast of that name in its own words, under its `contrasts:`"
        return ConfigError(f"{self._cohort}: {what}", place=self._place, remedy=remedy)
