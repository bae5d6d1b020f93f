"""The report says where a user's own counts took the place of the knowledge base's."""

import pandas as pd
import pytest

from tryptome.knowledge import load
from tryptome.report.methods import _own_sources


@pytest.mark.parametrize(
    ("named", "own"),
    [
        (["mcseed", "agora2_aaferm; literature", ""], ()),
        (["mcseed", "mcseed; mylab", "own_genomes"], ("mylab", "own_genomes")),
    ],
)
def test_only_the_users_sources_are_named(named, own):
    assert _own_sources(pd.Series(named), load()) == own
