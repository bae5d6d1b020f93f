"""A capability that is any of several others is at least as prevalent as each of them.

The posteriors of :mod:`tryptome.annotate.hierarchy` are computed for one
capability at a time, so that where genomes are few, shrinkage can leave "any
route" below one of its routes. Where it does, the likeliest route decides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields

import numpy as np

from tryptome.annotate.hierarchy import Beta, Hierarchy
from tryptome.knowledge.base import Capability


def parts_of_unions(capabilities: Sequence[Capability]) -> dict[int, list[int]]:
    """Positions of each union and of its parts that have the same source.

    A part of another source is left out: what two sources say of different
    genomes need not agree.

    Parameters
    ----------
    capabilities : sequence of Capability

    Returns
    -------
    dict of int to list of int
    """
    position = {c.name: number for number, c in enumerate(capabilities)}
    return {
        position[c.name]: [
            position[part] for part in c.any_of if capabilities[position[part]].source == c.source
        ]
        for c in capabilities
        if c.any_of
    }


def cover_parts(tree: Hierarchy, unions: Mapping[int, Sequence[int]]) -> Hierarchy:
    """Give a union the posterior of its likeliest part where that part's mean is above its own.

    Parameters
    ----------
    tree : Hierarchy
        Posteriors of every capability by itself.
    unions : mapping of int to sequence of int
        Columns of the unions and of their parts.

    Returns
    -------
    Hierarchy
        In which no union has a lower mean than one of its parts, at any rank.
    """
    return Hierarchy(
        **{field.name: _cover(getattr(tree, field.name), unions) for field in fields(tree)}
    )


def _cover(level: Beta, unions: Mapping[int, Sequence[int]]) -> Beta:
    mean, variance = level.mean.copy(), level.variance.copy()
    for union, parts in unions.items():
        columns = [union, *parts]
        likeliest = level.mean[..., columns].argmax(axis=-1, keepdims=True)
        for values in (mean, variance):
            chosen = np.take_along_axis(values[..., columns], likeliest, axis=-1)
            values[..., union] = chosen[..., 0]
    return Beta(mean, variance)
