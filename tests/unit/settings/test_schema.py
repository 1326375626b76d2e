"""What a dialog needs of every declaration."""

import pytest

from starling.settings.checks import checked
from starling.settings.schema import PAGES, SETTINGS, Setting

by_key = pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.key)


@by_key
def test_a_declaration_is_whole(setting: Setting) -> None:
    assert checked(setting, setting.default) == setting.default
    assert setting.page in {page.key for page in PAGES}
    assert len(setting.labels) == len(setting.choices)
    assert setting.keywords
    assert setting.title[0].isupper()
    assert not setting.title.endswith(".")
    assert setting.description.endswith(".")


@by_key
def test_numbers_have_bounds(setting: Setting) -> None:
    if type(setting.default) in (int, float):
        assert setting.minimum is not None
        assert setting.maximum is not None
        assert setting.minimum < setting.maximum
        assert 0 < setting.step < setting.maximum - setting.minimum


@by_key
def test_what_a_setting_needs_is_a_switch_on_its_page(setting: Setting) -> None:
    if setting.needs:
        (switch,) = [other for other in SETTINGS if other.key == setting.needs]
        assert (type(switch.default), switch.page) == (bool, setting.page)


def test_zero_means_something_only_where_it_is_allowed() -> None:
    assert all(setting.minimum == 0 for setting in SETTINGS if setting.zero)


def test_keys_and_titles_are_told_apart() -> None:
    assert len({setting.key for setting in SETTINGS}) == len({setting.title for setting in SETTINGS}) == len(SETTINGS)


def test_every_page_begins_with_what_everybody_needs() -> None:
    for page in PAGES:
        advanced = [setting.advanced for setting in SETTINGS if setting.page == page.key]
        assert advanced
        assert advanced == sorted(advanced)
        assert not advanced[0]
