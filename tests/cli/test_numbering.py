"""`portal number`: a JSON line for each text, whatever the text is."""

import json

import pytest
from click.testing import CliRunner

from portal.cli import main


@pytest.mark.parametrize("text", ["辽CB024100123", "", "\udcff"], ids=ascii)
def test_every_text_has_a_line(text: str) -> None:
    result = CliRunner().invoke(main, ["number", text], catch_exceptions=False)
    assert (result.exit_code, json.loads(result.stdout)["text"]) == (0, text)
