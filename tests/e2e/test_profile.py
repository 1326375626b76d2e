"""``starling bench profile`` over the real engines."""

import json

from tests.helpers.commands import NO_SOUND, starling

KEYS = {"count", "total_ms", "mean_ms", "min_ms", "max_ms", "deviation_ms", "p95_ms"}


def profile(home, *words, **env):
    done = starling("bench", "profile", "--runs", "2", "--tts", "demo", "--json", *words, home=home, env=NO_SOUND | env)
    assert done.code == 0, done.err
    (figure,) = json.loads(done.out)["figures"]
    return {engine["family"]: engine for engine in figure["engines"]}


def test_the_recogniser_on_the_cpu(tmp_path):
    engines = profile(tmp_path, "--stt", "legacy", "--model", "starter")
    stt, tts = engines["stt"], engines["tts"]
    assert (stt["name"], stt["device"], stt["calls"]["whole call"]["count"]) == ("legacy:starter", "cpu", 2)
    assert set(stt["parts"]) == {"mel features", "encoder", "decoder"}
    assert all(set(operation) == KEYS for operation in stt["parts"].values())
    assert stt["operations"] == {}
    assert stt["memory_bytes"] > 20e6
    assert tts["calls"]["first sound"]["mean_ms"] <= tts["calls"]["whole call"]["mean_ms"]


def test_each_operation_of_the_emulation_and_its_name(tmp_path):
    words = ("--stt", "advanced", "--provider", "xrt", "--model", "starter")
    stt = profile(tmp_path, *words, STARLING_NPU="emulated")["stt"]
    assert (stt["name"], stt["device"]) == ("advanced:xrt:starter", "emulated")
    assert {"pass", "cpu:to device", "gemm_bias_bf16"} <= set(stt["operations"])
    text = starling("bench", "profile", "--runs", "1", "--tts", "demo", *words, home=tmp_path,
                    env={**NO_SOUND, "STARLING_NPU": "emulated"}).out  # fmt: skip
    assert "emulated: these are not the NPU's times" in text


def test_a_tier_that_fails_is_told(tmp_path):
    env = {"STARLING_NPU": "emulated", "STARLING_NPU_FAULT": "firmware"}
    stt = profile(tmp_path, "--stt", "advanced", "--model", "starter", **env)["stt"]
    assert stt["name"] == "legacy:starter"
    assert "ERT_CMD_STATE_ABORT" in stt["changes"][0]


def test_it_is_measured_on_request_only(tmp_path):
    assert "profile" in starling("bench", "nothing", home=tmp_path).err
