"""Which contrasts of which cohorts are one question, out of the configuration."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from tryptome.config.model import Config, Question
from tryptome.errors import ConfigError


def questions(config: Config) -> dict[str, Question]:
    """Questions that are pooled: those of the configuration, else contrasts of one name.

    Parameters
    ----------
    config : Config
        Whose cohorts have their contrasts.

    Returns
    -------
    dict
        By name, each with at least two cohorts; empty where there is nothing to pool.

    Examples
    --------
    >>> cancer = {"column": "group", "reference": "0", "level": "1"}
    >>> cohort = {"table": "a.biom", "contrasts": {"cancer": cancer}}
    >>> config = Config.model_validate({"cohorts": {"b": cohort, "a": cohort}})
    >>> questions(config)["cancer"].contrasts
    {'a': 'cancer', 'b': 'cancer'}
    """
    if config.pool.questions:
        return dict(config.pool.questions)
    shared: dict[str, dict[str, str]] = {}
    for name in sorted(config.cohorts):
        for contrast in config.cohorts[name].contrasts or {}:
            shared.setdefault(contrast, {})[name] = contrast
    several = {name: found for name, found in shared.items() if len(found) > 1}
    return {name: Question(contrasts=found) for name, found in several.items()}


def check_pool(config: Config, place: str) -> None:
    """Check that cohorts and contrasts named under ``pool:`` exist.

    Raises
    ------
    ConfigError
        With the nearest name that there is.
    """
    for name, question in config.pool.questions.items():
        key = f"pool.questions.{name}.contrasts"
        for cohort, contrast in question.contrasts.items():
            _known(cohort, config.cohorts, f"{key}: no cohort `{cohort}`", place)
            there = config.cohorts[cohort].contrasts or {}
            _known(
                contrast, there, f"{key}.{cohort}: the cohort has no contrast `{contrast}`", place
            )
        for cohort in question.term if isinstance(question.term, dict) else ():
            what = f"pool.questions.{name}.term: the question has no cohort `{cohort}`"
            _known(cohort, question.contrasts, what, place)
    for name, columns in config.pool.metadata.items():
        for cohort in columns:
            what = f"pool.metadata.{name}: no cohort `{cohort}`"
            _known(cohort, config.cohorts, what, place)


def _known(name: str, there: Iterable[str], what: str, place: str) -> None:
    names = sorted(there)
    if name in names:
        return
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    hint = f"did you mean `{near[0]}`? " if near else ""
    raise ConfigError(what, place=place, remedy=f"{hint}there are: {', '.join(names) or 'none'}")
