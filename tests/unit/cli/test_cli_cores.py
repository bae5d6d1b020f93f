"""``--cores``: a whole number from 1, or all; anything else is told before Snakemake starts."""

import pytest

from tryptome.cli import main


@pytest.mark.parametrize("given", ["0", "-1", "x", "1.5", "", "²"])
@pytest.mark.parametrize("command", [["run"], ["verify", "results"], ["reproduce", "kim"]])
def test_what_is_no_number_of_cores_is_told(command, given, capsys):
    with pytest.raises(SystemExit) as ended:
        main([*command, f"--cores={given}"])
    assert ended.value.code == 2
    assert f"'{given}' is neither a whole number from 1 nor 'all'" in capsys.readouterr().err
