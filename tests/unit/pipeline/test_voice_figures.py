"""What each voice costs: summed from replies, kept between runs, compared with the CPU where both were measured."""

import json
import threading

import pytest

from starling.commands.bench_voices import NOTHING, VoiceTable
from starling.core.placement import Placement
from starling.pipeline.events import Reply
from starling.pipeline.voice_events import VoiceTier
from starling.pipeline.voice_figures import FILE_NAME, KEPT, VoiceBook, summary, worth_counting
from starling.pipeline.voice_lookup import _with_figures

SECRET = "nobody else should read this"


def reply(tier="cpu", voice="af_sky", model="kokoro", synthesis_s=1.0, audio_s=4.0, first_ms=200.0, **changes):
    values = {
        "text": SECRET,
        "tier": tier,
        "voice": voice,
        "model": model,
        "placement": Placement("npu" if tier == "npu" else "cpu", ("x",)),
        "synthesis_s": synthesis_s,
        "audio_s": audio_s,
        "time_to_first_audio_ms": first_ms,
        "provider": "vitisai" if tier == "npu" else "",
    }
    return Reply(**(values | changes))


@pytest.mark.parametrize(
    "made",
    [
        reply(stopped=True),
        reply(error={"code": "x", "message": "y", "fix": ""}),
        reply(audio_s=0.4),
        reply(audio_s=None),
        reply(synthesis_s=None),
        reply(synthesis_s=0.0),
        reply(tier=""),
        reply(voice=""),
    ],
)
def test_what_says_nothing_of_a_voice_is_not_counted(made, tmp_path):
    assert not worth_counting(made)
    book = VoiceBook(tmp_path)
    book.keep(made)
    assert book.all() == []
    assert not (tmp_path / FILE_NAME).exists()


def test_replies_are_summed_and_kept_without_their_text(tmp_path):
    book = VoiceBook(tmp_path)
    for synthesis_s, first_ms in ((1.0, 200.0), (3.0, None), (2.0, 300.0)):
        book.keep(reply(synthesis_s=synthesis_s, first_ms=first_ms))
    (found,) = VoiceBook(tmp_path).all()
    assert (found.count, found.synthesis_s, found.audio_s, found.rtf) == (3, 6.0, 12.0, 0.5)
    assert found.mean_first_sound_ms == 250.0
    assert SECRET not in (tmp_path / FILE_NAME).read_text()


def test_the_speed_up_is_over_the_same_voice_of_the_same_model_on_the_cpu(tmp_path):
    book = VoiceBook(tmp_path)
    book.keep(reply())
    book.keep(reply(tier="npu", synthesis_s=0.5))
    book.keep(reply(tier="npu", voice="am_onyx"))
    book.keep(reply(tier="npu", model="other", synthesis_s=0.1))
    book.keep(reply(tier="demo", voice="en-us", model="", synthesis_s=0.01))
    rows = {row.figures.key: row.speed_up for row in summary(book.all())}
    assert rows.pop(("npu", "kokoro", "af_sky")) == pytest.approx(2.0)
    assert set(rows.values()) == {None}
    table = VoiceTable(tuple(summary(book.all())), ("cpu: x",))
    text = table.to_text().splitlines()
    assert text[0].split() == "tier model voice runs time s audio s RTF first sound ms x cpu".split()
    assert any(line.startswith("npu · vitisai") and line.endswith("2.00") for line in text)
    assert text[-1] == "not measured: cpu: x"
    told = json.loads(json.dumps(table.to_json()))["voices"]
    assert {"tier", "voice", "count", "synthesis_s", "audio_s", "rtf", "speed_up_over_cpu"} <= told[0].keys()


def test_nothing_measured_is_said():
    assert VoiceTable(()).to_text() == NOTHING


def test_two_processes_add_to_one_file(tmp_path):
    one, other = VoiceBook(tmp_path), VoiceBook(tmp_path)
    one.keep(reply())
    other.keep(reply())
    one.keep(reply(voice="am_onyx"))
    assert {found.voice: found.count for found in other.all()} == {"af_sky": 2, "am_onyx": 1}


@pytest.mark.parametrize(
    "content", [b"", b"{", b"5", b'{"a": 1}', b'[{"tier": "cpu"}]', b"[5]", b"\xff\xfe", b"[" * 9000]
)
def test_a_damaged_file_counts_as_nothing_measured(tmp_path, content):
    (tmp_path / FILE_NAME).write_bytes(content)
    book = VoiceBook(tmp_path)
    assert book.all() == []
    book.keep(reply())
    assert len(VoiceBook(tmp_path).all()) == 1


def test_values_that_are_no_figures_are_not_believed(tmp_path):
    VoiceBook(tmp_path).keep(reply())
    text = (tmp_path / FILE_NAME).read_text()
    for wrong in ("Infinity", "-3.0", "NaN", '"x"'):
        (tmp_path / FILE_NAME).write_text(text.replace('"audio_s": 4.0', f'"audio_s": {wrong}'))
        assert VoiceBook(tmp_path).all() == []


def test_where_nothing_can_be_written_it_is_remembered(tmp_path):
    (tmp_path / "file").write_text("")
    book = VoiceBook(tmp_path / "file" / "folder")
    book.keep(reply())
    book.keep(reply())
    assert book.all()[0].count == 2


def test_the_file_does_not_grow_for_ever_and_threads_do_not_lose_replies(tmp_path):
    book = VoiceBook(tmp_path)
    threads = [threading.Thread(target=lambda: [book.keep(reply()) for _ in range(10)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert book.all()[0].count == 40
    book._all = {("cpu", "m", str(n)): book.all()[0] for n in range(KEPT + 20)}
    (tmp_path / FILE_NAME).unlink()
    book.keep(reply(voice="last"))
    assert len(book.all()) <= KEPT


def test_a_tiers_figures_are_of_all_its_voices(tmp_path):
    book = VoiceBook(tmp_path)
    book.keep(reply())
    book.keep(reply(voice="am_onyx", synthesis_s=3.0, first_ms=400.0))
    book.keep(reply(model="other", synthesis_s=9.0))
    tier = _with_figures(VoiceTier("cpu", True, model="kokoro"), book.all())
    assert (tier.rtf, tier.first_sound_ms) == (0.5, 300.0)
    assert _with_figures(VoiceTier("npu", True, model="kokoro"), book.all()).rtf is None
