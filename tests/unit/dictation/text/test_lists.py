import pytest

from starling.core.errors import StarlingError
from starling.dictation.text import lists, marks, profiles, store
from starling.dictation.text.explain import explain
from starling.dictation.text.lists import BLOCKLIST, REPLACEMENTS, VOCABULARY
from starling.dictation.text.rules import Profile, Replacement, Switches, TextRules


def words(place):
    return store.read_vocabulary(place, store.no_tell)


def test_a_change_keeps_what_another_program_did_meanwhile(tmp_path):
    lists.add(VOCABULARY, tmp_path, ["a1", "b1"])
    lists.add(VOCABULARY, tmp_path, ["c1"])  # the other program
    lists.change(VOCABULARY, tmp_path, "a1", "A1!")
    assert words(tmp_path) == ["A1!", "b1", "c1"]


def test_what_is_gone_is_not_changed(tmp_path):
    lists.add(VOCABULARY, tmp_path, ["a1", "b1"])
    lists.remove(VOCABULARY, tmp_path, [(0, "a1")])
    with pytest.raises(StarlingError) as refused:
        lists.change(VOCABULARY, tmp_path, "a1", "x1")
    assert refused.value.code == "dictation.gone"
    assert words(tmp_path) == ["b1"]


def test_of_equal_entries_the_one_that_was_meant_goes_and_comes_back(tmp_path):
    one, other = Replacement("x", "1"), Replacement("y", "2")
    store.write_replacements(tmp_path, [one, other, one])
    removed = lists.remove(REPLACEMENTS, tmp_path, [(2, one)])
    assert store.read_replacements(tmp_path, store.no_tell) == [one, other]
    lists.bring_back(REPLACEMENTS, tmp_path, removed)
    assert store.read_replacements(tmp_path, store.no_tell) == [one, other, one]


def test_what_was_deleted_comes_back_where_it_was_and_once(tmp_path):
    lists.add(VOCABULARY, tmp_path, ["a1", "b1", "c1", "d1"])
    removed = lists.remove(VOCABULARY, tmp_path, [(1, "b1"), (3, "d1"), (9, "nobody")])
    assert removed == [(1, "b1"), (3, "d1")]
    lists.add(VOCABULARY, tmp_path, ["d1"])
    lists.bring_back(VOCABULARY, tmp_path, removed)
    assert words(tmp_path) == ["a1", "b1", "c1", "d1"]


def test_an_import_tells_new_changed_there_and_refused(tmp_path):
    lists.add(VOCABULARY, tmp_path, ["Anna", "Köln"])
    brought = lists.bring(VOCABULARY, tmp_path, "anna\nKöln\nBerlin\n...\n".encode(), "txt")
    assert brought.merged == lists.Merged(("Berlin",), ("anna",), ("Köln",))
    assert (brought.refused, len(brought.notes)) == (1, 1)
    with pytest.raises(StarlingError):
        lists.bring(BLOCKLIST, tmp_path, b"...\n", "txt")


@pytest.mark.parametrize(
    ("entries", "marked"),
    [
        (["GitHub", "git hub", "x1"], {1: ("spelling", "GitHub")}),
        (["btw", "Anna"], {0: ("replaced", "by the way")}),
        (["a1", "b1"], {}),
    ],
)
def test_marks_of_a_vocabulary(entries, marked):
    found = marks.of_vocabulary(entries, [Replacement("btw", "by the way"), Replacement("anna", "Anna")])
    assert {at: (mark.kind, mark.other) for at, mark in found.items()} == marked


@pytest.mark.parametrize(
    ("heard", "marked"),
    [
        (["my address", "My Address!"], {1: ("covered", "my address")}),
        (["my", "my address"], {1: ("covered", "my")}),
        (["my address", "my"], {}),
        (["my *", "my dog"], {1: ("covered", "my *")}),
        (["my dog", "my *"], {}),
        (["* dog", "my dog is"], {1: ("covered", "* dog")}),
        (["thanks for watching"], {0: ("blocked", "Thanks for watching!")}),
        (["...", "a"], {}),
    ],
)
def test_marks_of_replacements(heard, marked):
    found = marks.of_replacements([Replacement(text, "x") for text in heard], ["Thanks for watching!"])
    assert {at: (mark.kind, mark.other) for at, mark in found.items()} == marked


def test_marks_of_sentences():
    assert marks.of_blocklist(["Never this!", "never this"]) == {1: marks.Mark("same", "Never this!")}


def test_ten_thousand_replacements_are_marked_in_time():
    many = [Replacement(f"word{n} here", "x") for n in range(9_900)] + [Replacement(f"* w{n}", "x") for n in range(100)]
    assert marks.of_replacements([*many, many[0]], []) == {10_000: marks.Mark("covered", "word0 here")}


RULES = TextRules(
    replacements=(Replacement("my address", "1 Main St."), Replacement("my address", "never"), Replacement("q", "r")),
    vocabulary=("Kubernetes", "Anna"),
    blocklist=frozenset(["never this", "nor that"]),
    profiles=(Profile("term*", formatting=False), Profile("chat", trailing_space=True)),
)


@pytest.mark.parametrize(
    ("raw", "application", "text", "acted"),
    [
        ("", "", "", []),
        ("nothing", "", "Nothing", [("capitals", "")]),
        ("Plain.", "", "Plain.", []),
        ("my address", "", "1 Main St.", [("replacement", "my address")]),
        ("cubernetes comma good", "", "Kubernetes, good", [("vocabulary", "Kubernetes"), ("formatting", "")]),
        ("I have twenty three apples", "", "I have 23 apples", [("numbers", "")]),
        ("Good. Never this!", "", "Good.", [("blocked", "never this")]),
        ("good comma", "terminal", "good comma", [("profile", "term*")]),
        ("Good", "chat", "Good ", [("profile", "chat"), ("trailing_space", "")]),
        ("scratch that", "", "", [("command", "undo")]),
    ],
)
def test_what_had_a_part(raw, application, text, acted):
    found = explain(raw, RULES, application)
    assert found.shaped.text == text
    assert [(rule.kind, rule.name) for rule in found.acted] == acted


def test_a_switch_that_is_off_has_no_part():
    rules = TextRules(switches=Switches(formatting=False))
    assert explain("good comma twenty three", rules).acted == ()


def test_a_profile_is_written_as_it_was(tmp_path):
    every = Profile(
        'say "hi" \\', True, False, True, False, "space", (Replacement("a", "x\ny"),), "paste", "ctrl+v", never=True
    )
    store.write_profiles(tmp_path, [every, Profile("plain")])
    told = []
    assert store.read_profiles(tmp_path, told.append) == [every, Profile("plain")]
    assert told == []


def test_a_profile_of_the_last_part_of_an_id():
    assert Profile("gedit").fits("org.gnome.gedit")
    assert not Profile("gnome").fits("org.gnome.gedit")
    assert not Profile("*").fits("")


def test_profiles_that_never_count_are_known():
    found = [Profile("*term*"), Profile("XTerm"), Profile("gvim"), Profile("gvim")]
    assert profiles.covered(found) == {1: "*term*", 3: "gvim"}


def test_two_profiles_cannot_have_one_name(tmp_path):
    profiles.put(tmp_path, "a", lambda one: one)
    profiles.put(tmp_path, "b", lambda one: one)
    with pytest.raises(StarlingError) as refused:
        profiles.put(tmp_path, "b", lambda one: Profile("A"))
    assert refused.value.code == "dictation.profile_there"
    with pytest.raises(StarlingError):
        profiles.put(tmp_path, "c", lambda one: one, new=False)


def test_profiles_steer_the_insertion():
    from starling.dictation.insertion.choosing import Wishes

    wishes = Wishes(
        per_application={"xterm": "excluded", "gvim": "ctrl+v"},
        profiles=(Profile("xterm", way="paste", chord="shift+insert"), Profile("*pass*", never=True)),
    )
    assert (wishes.way_of("xterm"), wishes.chord("xterm")) == ("paste", "shift+insert")
    assert (wishes.way_of("gvim"), wishes.chord("gvim")) == ("paste", "ctrl+v")
    assert wishes.excludes("org.keepassxc.KeePassXC")
    assert not wishes.excludes("gvim")
