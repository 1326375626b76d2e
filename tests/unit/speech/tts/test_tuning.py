"""Which edits are worth it, and what a profile says: tables; and both measured on a small model in a process."""

import json

import onnxruntime
import pytest

from starling.core.errors import StarlingError
from starling.npu.proof.rules import Check
from starling.speech.tts import profile, tuning
from starling.speech.tts.graph import edits, store
from starling.speech.tts.tuning import Trial
from tests.helpers.kokoro_model import build
from tests.unit.speech.tts.engine_process import EngineProcess

GOOD = (Check("spectral distance in dB", 0.2, 1.0, at_least=False),)
BAD = (Check("spectral distance in dB", 1.2, 1.0, at_least=False),)


def trial(seconds, checks=GOOD, changed=3, edits=("squares",)):
    return Trial(edits, changed, checks, (seconds,) * 3, (1.0,) * 3)


@pytest.mark.parametrize(
    ("made", "refused"),
    [
        (trial(0.95), ""),
        (trial(0.96), "4.0 % of the time saved, at least 5 % has to be saved"),
        (trial(1.3), "30.0 % of the time more, at least 5 % has to be saved"),
        (trial(0.5, BAD), "spectral distance in dB 1.2, at most 1 is needed"),
        (trial(0.5, changed=0), "it changes nothing in this model"),
        (Trial(("squares",), 2, GOOD), "its speed was not measured"),
    ],
)
def test_an_edit_needs_five_percent_and_the_same_sound(made, refused):
    assert made.refused == refused
    assert made.to_json()["refused"] == refused


def test_the_best_of_those_that_may_be_used():
    one, two, wrong = trial(0.9), trial(0.8, edits=("int8 products",)), trial(0.3, BAD)
    assert tuning.best([one, two, wrong]) is two
    assert tuning.best([wrong, trial(1.0)]) is None
    assert tuning.best([]) is None


@pytest.mark.parametrize(
    ("cores", "gained", "number"),
    [(4, 0.1, 2), (8, 0.5, 2), (4, 0.09, 1), (3, 0.5, 1), (16, None, 1), (4, -0.2, 1)],
)
def test_two_clauses_at_once_where_cores_and_measurement_allow(cores, gained, number):
    assert tuning.at_once(cores, gained) == number


def test_throughput():
    assert tuning.throughput_gained([1.2, 1.2, 9.0], [1.0, 1.0, 1.0]) == pytest.approx(0.2)
    assert tuning.throughput_gained([], [1.0]) is None
    assert tuning.throughput_gained([0.0], [1.0]) is None


def node(ts, dur, op, name="x"):
    return {"cat": "Node", "ts": ts, "dur": dur, "name": f"{name}_kernel_time", "args": {"op_name": op}}


def run(ts, dur):
    return {"cat": "Session", "ts": ts, "dur": dur, "name": "model_run", "args": {}}


def test_a_profile_is_summed_by_operator_without_the_first_run():
    events = [
        {"cat": "Session", "ts": 0, "dur": 5, "name": "session_initialization", "args": {}},
        node(10, 900, "Conv"),
        run(10, 1000),
        node(2000, 60, "Conv"),
        node(2060, 20, "Conv"),
        node(2080, 20, "Sin"),
        node(2080, 500, "Loop"),
        {"cat": "Node", "ts": 2000, "dur": 3, "name": "x_fence_before", "args": {"op_name": "Conv"}},
        run(2000, 150),
    ]
    found = profile.summed(events, skipped_runs=1)
    assert found.runs == 1
    assert (found.run_s, found.operators_s) == (pytest.approx(150e-6), pytest.approx(100e-6))
    assert [(one.operator, one.calls, round(one.share, 3)) for one in found.operators] == [
        ("Conv", 2, 0.8),
        ("Sin", 1, 0.2),
    ]
    assert profile.Profile.from_json(json.loads(json.dumps(found.to_json()))) == found


@pytest.mark.parametrize("events", [[], [run(0, 1)], [{}], [node(0, 1, "Conv")], [{"cat": "Node"}, run(0, 1)], [5]])
def test_what_is_no_profile_is_told(events):
    with pytest.raises(StarlingError) as caught:
        profile.summed(events)
    assert caught.value.code == "tts.no_profile"


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STARLING_HOME", str(tmp_path_factory.mktemp("home")))
        folder = build(tmp_path_factory.mktemp("kokoro") / "deep", deep=True, noise=True)
        process = EngineProcess("starling.speech.tts.workbench:create", {"model": str(folder), "threads": 1})
        yield process, folder
        process.close()


def test_the_time_of_every_operator_is_measured(bench):
    process, _ = bench
    (reply,) = process.call("profile", runs=2)
    found = profile.Profile.from_json(reply.data)
    names = {one.operator for one in found.operators}
    assert {"Conv", "MatMul", "Sin", "Pow"} <= names
    assert sum(one.share for one in found.operators) == pytest.approx(1.0)
    assert 0 < found.operators_s < 2 * found.run_s
    assert reply.data["audio_s"] > 1
    assert 0 < reply.data["fixed"]["share"] < 1
    assert 0 < reply.data["fixed"]["nodes"] < reply.data["fixed"]["of"]


def test_edits_are_measured_beside_the_installed_graph_and_the_choice_is_kept(bench):
    process, folder = bench
    before = (folder / "model.onnx").read_bytes()
    *steps, record = process.call("tune", runs=1)
    assert [reply.data["step"] for reply in steps] == [f"measuring {', '.join(variant)}" for variant in tuning.VARIANTS]
    assert [tuple(one["edits"]) for one in record.data["trials"]] == list(tuning.VARIANTS)
    for one in record.data["trials"]:
        assert one["changed"] > 0
        assert all(check["value"] <= check["limit"] for check in one["checks"])
        assert one["seconds"][0] > 0 < one["below_s"][0]
    usable = [one for one in record.data["trials"] if not one["refused"]]
    assert bool(record.data["chosen"]) is bool(usable)
    assert (folder / "model.onnx").read_bytes() == before


def test_the_engine_uses_the_chosen_graph_only_if_it_is_the_one_that_was_measured(bench):
    _, folder = bench

    def edits_in_use():
        engine = EngineProcess("starling.speech.tts.kokoro:create", {"model": str(folder), "threads": 1})
        engine.close()
        return engine.described.get("edits")

    assert edits_in_use() is None  # the first load also notes the hashes that the place is named by
    place = store.place(folder, onnxruntime=onnxruntime.__version__)
    model = store.read_model(folder / "model.onnx")
    edits.lift_constants(model.graph)
    assert edits.squares(model) == 1
    sha256 = store.write_model(place / "squares.onnx", model)
    store.keep(place, {"chosen": {"edits": ["squares"], "file": "squares.onnx", "sha256": sha256}})
    assert edits_in_use() == ["squares"]
    (place / "squares.onnx").write_bytes(b"something else")
    assert edits_in_use() is None
    for damaged in (b"", b"[1]", b"{", b'{"chosen": {"file": 5}}', b'{"chosen": {"file": "../x"}}'):
        (place / store.TUNED).write_bytes(damaged)
        assert store.tuned_model(place) is None
        assert store.edits_of(place) == []
