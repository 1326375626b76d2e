from starling.dictation.text import profiles, store
from starling.dictation.text.rules import Before, Profile
from starling.pipeline.dictation_text import DictationText
from starling.pipeline.inserting import inserter
from starling.settings.store import load


def quiet(profile):
    return Profile(profile.application, formatting=False, never=True)


def test_a_profile_counts_from_the_next_dictation_on():
    text = DictationText(lambda error: None)
    text.refresh()
    assert text.shape("good comma", "en", "gvim", Before()).text == "Good,"
    profiles.put(store.folder(), "gvim", quiet)  # the command line, or the window
    text.refresh()
    assert text.shape("good comma", "en", "gvim", Before()).text == "good comma"
    assert text.profiles() == (Profile("gvim", formatting=False, never=True),)


def test_an_inserter_of_its_own_knows_the_profiles():
    profiles.put(store.folder(), "gvim", quiet)
    tool = inserter(load().get)
    assert tool.wishes.excludes("gvim")
    assert not tool.wishes.excludes("xterm")
