import pytest

from starling.ui.firstrun.due import MARKER, VARIABLE, due, mark_done


@pytest.mark.parametrize(
    ("wish", "has_settings", "was_done", "shown"),
    [
        ("", False, False, True),
        ("", True, False, False),
        ("", False, True, False),
        ("skip", False, False, False),
        ("show", True, True, True),
        ("perhaps", False, False, True),
    ],
)
def test_they_come_once_to_who_has_set_nothing(tmp_path, wish, has_settings, was_done, shown):
    settings, data = tmp_path / "settings.toml", tmp_path / "data"
    if has_settings:
        settings.touch()
    if was_done:
        mark_done(data)
        assert (data / MARKER).exists()
    assert due(settings, data, {VARIABLE: wish}) is shown


def test_a_folder_that_cannot_be_written_brings_them_again(tmp_path):
    (tmp_path / "file").touch()
    mark_done(tmp_path / "file")
    assert due(tmp_path / "settings.toml", tmp_path / "file", {})
