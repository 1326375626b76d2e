import pytest

from starling.pipeline.measured import FILE_NAME, Measured
from starling.pipeline.shown_models import Measurement

ONE = Measurement(4.0, 0.4, 1.0, 100, heard="yes", at=7.0)


def test_a_measurement_is_kept_for_the_next_run(tmp_path):
    Measured(tmp_path).keep("base", 10, ONE)
    assert Measured(tmp_path).of("base", 10) == ONE


def test_a_model_that_has_changed_or_is_gone_is_not_measured(tmp_path):
    measured = Measured(tmp_path)
    measured.keep("base", 10, ONE)
    assert measured.of("base", 11) is None
    measured.forget("base")
    assert measured.of("base", 10) is None
    assert Measured(tmp_path).of("base", 10) is None


@pytest.mark.parametrize("text", ["", "[]", "{", '{"base": 3}', '{"base": {"size_bytes": 10, "colour": "blue"}}'])
def test_a_file_that_says_something_else_measures_nothing(tmp_path, text):
    (tmp_path / FILE_NAME).write_text(text)
    assert Measured(tmp_path).of("base", 10) is None


def test_where_nothing_can_be_written_it_is_remembered_for_this_run(tmp_path):
    (tmp_path / "file").write_text("")
    measured = Measured(tmp_path / "file" / "folder")
    measured.keep("base", 10, ONE)
    assert measured.of("base", 10) == ONE
