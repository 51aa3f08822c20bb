"""Files that commands write, where no other file may be made."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from portal.cli import main
from tests.read_only_folders import open_folder, without_the_right_to_write


@pytest.mark.parametrize("is_there", [True, False])
def test_why_a_file_cannot_be_written_is_told_where_its_folder_is_what_may_not(is_there: bool) -> None:
    """The file itself may be writable; a new one takes its place all the same."""
    with open_folder() as folder:
        draft = folder / "draft.json"
        if is_there:
            draft.write_text("before")
            draft.chmod(0o666)
        with without_the_right_to_write(folder):
            result = CliRunner().invoke(main, ["authority", "trust-draft", "-o", str(draft)])
        why = "Permission denied (a new file in its folder takes its place)"
        assert (result.exit_code, result.stderr) == (2, f"Error: {draft}: {why}\n")
        assert [each.read_text() for each in folder.iterdir()] == ["before"] * is_there
