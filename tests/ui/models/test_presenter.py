from dataclasses import replace

import pytest

from starling.pipeline import events
from starling.pipeline.panel import Panel
from starling.ui.models import figures, presenter
from starling.ui.models.presenter import Known
from tests.ui.models.conftest import ALL, BASE, BROKEN, FAST, MINE, NPU, SLOW, STARTER, USES_MINE, VOICE

RUNS = events.ModelWork(
    "whisper-base", "install", "running", "downloading", 37_000_000, 148_000_000, True, 2_500_000.0, 44.4
)


def known(*models, work=None, **more):
    return Known(models or ALL, {work.name: work} if work else {}, Panel(stt=USES_MINE), **more)


def look(model, **more):
    return presenter.look(known(*ALL, **more), model)


def fact(shown, name):
    return next((value for title, value, _ in shown.facts if title == name), None)


@pytest.mark.parametrize(
    ("model", "work", "kind", "state"),
    [
        (MINE, None, "good", "In use"),
        (STARTER, None, "off", "Installed"),
        (BASE, None, "unknown", "Not installed"),
        (replace(BASE, resumable_bytes=7), None, "warning", "Partly downloaded"),
        (NPU, None, "unknown", "Not for this version"),
        (BROKEN, None, "bad", "Cannot be used"),
        (BASE, RUNS, "busy", "Downloading"),
        (BASE, replace(RUNS, stage="waiting"), "busy", "Waiting"),
        (BASE, replace(RUNS, phase="waiting"), "busy", "Trying again"),
        (BASE, replace(RUNS, phase="converting"), "busy", "Converting"),
        (BASE, replace(RUNS, stage="paused"), "warning", "Paused"),
        (MINE, events.ModelWork("mine", "verify", "running"), "busy", "Verifying"),
        (MINE, events.ModelWork("mine", "remove", "running"), "busy", "Removing"),
        (MINE, events.ModelWork("mine", "test", "running"), "busy", "Testing"),
        (MINE, events.ModelWork("mine", "test", "failed"), "good", "In use"),
    ],
)
def test_the_state_is_a_shape_and_a_word(model, work, kind, state):
    shown = presenter.look(known(model, work=work), model)
    assert (shown.kind, shown.state) == (kind, state)


@pytest.mark.parametrize(
    ("model", "work", "chosen", "actions"),
    [
        (BASE, None, "", ("install",)),
        (BASE, RUNS, "", ("pause", "cancel")),
        (BASE, replace(RUNS, stage="paused"), "", ("resume", "cancel")),
        (replace(BASE, resumable_bytes=7), None, "", ("resume", "cancel")),
        (NPU, None, "", ()),
        (replace(NPU, kind="whisper-onnx-npu", installed=True, unavailable=""), None, "", ("verify", "remove")),
        (BROKEN, None, "", ("remove",)),
        (MINE, None, "", ("use", "test", "verify", "remove")),
        (MINE, None, "mine", ("auto", "test", "verify", "remove")),
        (MINE, None, "/models/mine", ("auto", "test", "verify", "remove")),
        (MINE, events.ModelWork("mine", "remove", "running"), "", ()),
        (MINE, events.ModelWork("mine", "test", "running"), "", ("use", "test", "verify", "remove")),
        (STARTER, None, "", ("use", "test", "verify")),
        (replace(VOICE, installed=True), None, "kokoro", ("use", "test", "verify", "remove")),
    ],
)
def test_what_can_be_done(model, work, chosen, actions):
    assert presenter.look(known(model, work=work, chosen=chosen), model).actions == actions


def test_a_voice_is_chosen_by_a_setting_of_its_own():
    model = replace(VOICE, installed=True)
    shown = presenter.look(known(model, voice="kokoro", chosen="mine"), model)
    assert shown.actions == ("auto", "test", "verify", "remove")


@pytest.mark.parametrize(
    ("model", "text"),
    [
        (BASE, "pinned by Starling's catalogue"),
        (replace(BASE, pin="here", pinned_at="2026-11-24"), "pinned here on 2026-11-24, at the first download"),
        (VOICE, "no hash was published: pinned here at the first download"),
        (MINE, "pinned here at the import"),
        (replace(MINE, pin="first_use"), "not verified yet: pinned at the first use"),
    ],
)
def test_what_the_files_are_held_to(model, text):
    assert fact(look(model), "Files") == text


def test_the_page_where_hashes_were_read_stands_there_only_where_they_count():
    assert fact(look(BASE), "Hashes from") == "https://example.org/pins"
    assert fact(look(replace(BASE, pin="here")), "Hashes from") is None


def test_the_tier_that_uses_it_is_named():
    assert fact(look(MINE), "Used by") == "Recogniser now, tier Legacy"
    assert fact(look(BASE), "Used by") == "nothing now; tier Legacy can"
    assert fact(look(replace(NPU, tiers=())), "Used by") == "nothing in this version"


def test_a_voice_engine_of_another_tier_does_not_use_it():
    demo = Panel(tts=events.EngineShown("tts", "ready", "demo", "kokoro"))
    assert Known(ALL, panel=demo).used_by(VOICE) is None


def test_figures_that_nobody_knows_are_called_unknown():
    shown = look(MINE)
    assert fact(shown, "Memory") == "unknown"
    assert fact(shown, "Licence") == "MIT"
    assert fact(look(VOICE), "Size") == "about 148 MB"
    assert fact(look(BASE), "Memory") == "about 220 MB"


def test_few_languages_are_named_and_many_are_counted():
    assert fact(look(MINE), "Languages") == "English"
    assert fact(look(BASE), "Languages") == "5 languages"
    assert fact(look(replace(MINE, languages=(), multilingual=True)), "Languages") == "several"


def test_nothing_is_measured_before_a_test():
    assert all(value is None for _, value in look(MINE).measured)
    assert look(BASE).measured == ()
    measured = dict(look(replace(MINE, measured=FAST)).measured)
    assert measured == {
        "RTF": "0.025",
        "Sentence": "120 ms for 4.8 s of speech",
        "Memory": "240 MB",
        "Loaded in": "300 ms",
    }


@pytest.mark.parametrize(
    ("mine", "other", "text"),
    [
        (FAST, SLOW, "Takes 4 times as long as mine, which is in use."),
        (SLOW, FAST, "4 times as fast as mine, which is in use."),
        (FAST, FAST, "As fast as mine, which is in use."),
        (None, FAST, "Test this one and mine, which is in use, to see what it would change."),
    ],
)
def test_what_it_would_change_is_told_by_what_was_measured(mine, other, text):
    current, model = replace(MINE, measured=mine), replace(STARTER, measured=other)
    assert presenter.look(known(current, model), model).compared == text
    assert presenter.look(known(current, model), current).compared == ""


def test_progress_has_bytes_speed_and_time_left():
    work = look(BASE, work=RUNS).work
    assert work.text == "Downloading · 37 MB of 148 MB · 2.5 MB/s · 44 s left"
    assert work.per_mille == 250
    paused = look(BASE, work=replace(RUNS, stage="paused", bytes_per_s=None, seconds_left=None)).work
    assert (paused.text, paused.paused) == ("Paused · 37 MB of 148 MB", True)
    again = look(BASE, work=replace(RUNS, phase="waiting", note="The server failed.", bytes_per_s=None)).work
    assert again.text.endswith("The server failed.")
    assert look(MINE, work=events.ModelWork("mine", "test", "running")).work.per_mille is None
    assert look(MINE).work is None


def test_a_failure_stays_to_be_read_and_says_that_the_rest_works_offline():
    failed = replace(RUNS, stage="failed", error={"code": "download.no_network", "message": "No.", "fix": "Wait."})
    shown = look(BASE, work=failed)
    assert shown.problem == "No. Wait. Everything that is installed works without the network."
    assert shown.actions == ("install",)
    assert look(BROKEN).problem == "Torn."
    assert (look(NPU).problem, look(NPU).problem_kind) == ("Not part of this version.", "warning")


def test_what_is_over_is_forgotten():
    work = presenter.after({}, RUNS)
    assert list(work) == ["whisper-base"]
    assert presenter.after(work, replace(RUNS, stage="done")) == {}
    assert presenter.after(work, replace(RUNS, stage="cancelled")) == {}
    assert presenter.after(work, replace(RUNS, stage="failed"))["whisper-base"].stage == "failed"


def test_the_list_begins_with_what_is_here():
    entries = presenter.entries(known())
    assert [entry.name for entry in entries] == ["mine", "starter", "broken", "whisper-base", "npu", "kokoro"]
    assert [entry.group for entry in entries] == ["here"] * 3 + ["recognisers"] * 2 + ["voices"]
    assert entries[0].note == "In use · 21 MB"
    assert presenter.entries(known(work=RUNS))[3].note == "Downloading, 25 %"


@pytest.mark.parametrize(
    ("searched", "names"),
    [
        ("base", ["whisper-base"]),
        ("german", ["whisper-base", "npu", "kokoro"]),
        ("kokoro mit", ["kokoro"]),
        ("xyz", []),
    ],
)
def test_the_search_looks_at_names_languages_and_licences(searched, names):
    assert [entry.name for entry in presenter.entries(known(), searched)] == names


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.2, "1 s left"), (59, "59 s left"), (120, "2 min left"), (5400, "1.5 h left")]
)
def test_the_time_left(seconds, text):
    assert figures.left(seconds) == text


@pytest.mark.parametrize(("per_s", "text"), [(900.0, "1 kB/s"), (250_000.0, "250 kB/s"), (2_540_000.0, "2.5 MB/s")])
def test_the_speed(per_s, text):
    assert figures.speed(per_s) == text
