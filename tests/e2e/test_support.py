"""The support file, made by the real command in a home that is full of private things: none of them is in it."""

import json
import shutil
import zipfile

import numpy as np
import pytest

from starling import locate
from starling.core.results import Transcript
from starling.history.store import History
from starling.npu.proof.records import ProofKey, ProofRecord, Records
from tests.helpers.commands import NO_SOUND, starling
from tests.helpers.machines import machine

CANARY = "canarybird"
"""In every text; each with a number of its own, so that a failure says which one got out."""
SETTINGS = f"""
[stt]
model = "/home/{CANARY}1/{CANARY}2 model"
[tts]
voice = "{CANARY}3 and a long one"
favourites = "{CANARY}4, {CANARY}5"
[audio]
microphone = "{CANARY}6's headset"
speaker = "{CANARY}7"
[assistant]
wake_phrase = "{CANARY}8 listen"
llm_url = "http://127.0.0.1:9/{CANARY}9"
llm_model = "{CANARY}10:4b"
system_prompt = "You are {CANARY}11.\\nYou know {CANARY}12."
[models]
mirror = "https://{CANARY}13.example.org/x"
proxy = "http://{CANARY}14:{CANARY}15@proxy.example.org:8080"
[asistant]
system_prompt = "{CANARY}16"
[vad]
threshold = "{CANARY}17"
"""
ENVIRONMENT = {
    "USER": f"{CANARY}18", "LOGNAME": f"{CANARY}18", "HOSTNAME": f"{CANARY}19", "LEMONADE_API_KEY": f"{CANARY}20",
    "OPENAI_API_KEY": f"{CANARY}21", "DISPLAY": f"{CANARY}22:0", "LD_LIBRARY_PATH": f"/opt/{CANARY}23",
    "RYZEN_AI_INSTALLATION_PATH": f"/opt/{CANARY}24", "HTTPS_PROXY": f"http://{CANARY}25@x.example.org",
}  # fmt: skip
LAST_ERROR = f'  File "/home/{CANARY}26/app.py", line 1, in main\n    run()\nValueError'


@pytest.fixture
def home(tmp_path):
    home = tmp_path / f"{CANARY}27"
    data = home / "data"
    (home / "config").mkdir(parents=True)
    (home / "config" / "settings.toml").write_text(SETTINGS)
    (home / "cache").mkdir()
    (home / "cache" / "last-error.txt").write_text(LAST_ERROR)
    history = History(data)
    turn = history.add_pending(np.zeros(1600, np.float32), 1_780_000_000.0, "assistant")
    history.done(turn, Transcript(f"my word is {CANARY}28", "en", 0.1, 0.1), "legacy", "starter")
    history.add_reply(turn, f"it is {CANARY}29")
    history.close()
    for name in ("notes.json", "timers.json"):
        (data / name).write_text(json.dumps({"schema": 1, "items": [{"text": f"{CANARY}30"}]}))
    models = data / "models"
    shutil.copytree(locate.shipped("resources", "starter"), models / f"{CANARY}31")
    (models / f"broken {CANARY}32").mkdir()
    key = ProofKey("stt", "advanced", "server", f"{CANARY}31", "x", (("server", "1"),), "0.1.0", "machine")
    evidence = (f"http://localhost:13305/?key={CANARY}33", f"model {CANARY}31", f"/home/{CANARY}34/x")
    Records(data).keep(ProofRecord(key, f"legacy:{CANARY}31", "npu", evidence, invalid=f"/home/{CANARY}35: no"))
    return home


def test_nothing_private_is_in_it(home, tmp_path):
    place = tmp_path / "support.zip"
    done = starling("doctor", "--bundle", str(place), home=home, env={**NO_SOUND, **ENVIRONMENT})
    assert done.code == 0, done.err
    assert CANARY not in place.read_bytes().decode("latin-1").lower()
    with zipfile.ZipFile(place) as archive:
        found = {name: archive.read(name).decode("utf-8") for name in archive.namelist()}
    for name, text in found.items():
        assert CANARY not in f"{name}\n{text}".lower(), name
        assert not zipfile.is_zipfile(name)
    assert {"about.txt", "doctor.json", "proofs.json", "profile.json", "settings.json", "last-error.txt"} <= set(found)
    report, settings = json.loads(found["doctor.json"]), json.loads(found["settings.json"])
    assert report["npu"]["findings"]
    assert report["connection"] == {"connected": True, "local": True}
    assert settings["assistant.system_prompt"] == "<set>"
    assert "ValueError" in found["last-error.txt"]
    assert "no" in json.loads(found["proofs.json"])[0]["invalid"]


def test_it_tells_what_helps(tmp_path):
    made, place = machine(tmp_path / "root", "strix", "memlock", "not_in_group"), tmp_path / "support.zip"
    (tmp_path / "home" / "config").mkdir(parents=True)
    (tmp_path / "home" / "config" / "settings.toml").write_text('[stt]\nmodel = "starter"\n[tts]\ntier = "demo"\n')
    done = starling("doctor", "--json", "--bundle", str(place), home=tmp_path / "home", env={**NO_SOUND, **made.env})
    assert (done.code, json.loads(done.out)) == (0, {"bundle": str(place)}), done.err
    with zipfile.ZipFile(place) as archive:
        report, profile = (json.loads(archive.read(name)) for name in ("doctor.json", "profile.json"))
    codes = [fault["code"] for fault in report["npu"]["faults"]]
    assert {"npu.memlock", "npu.permission"} <= set(codes)
    assert "alex" not in json.dumps(report)
    assert profile["engines"][0]["name"] == "legacy:starter"
    assert profile["engines"][0]["calls"]["whole call"]["count"] == profile["runs"]


def test_another_file_is_left_alone(tmp_path):
    letter = tmp_path / "letter.zip"
    letter.write_text("dear")
    done = starling("doctor", "--bundle", str(letter), home=tmp_path / "home", env=NO_SOUND)
    assert (done.code, letter.read_text()) == (1, "dear")
    assert "no zip archive" in done.err
