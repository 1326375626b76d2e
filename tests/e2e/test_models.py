"""``starling models …`` as a person runs it, against a local server; and what a kill or a full disk leaves."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from starling.core.errors import StarlingError
from starling.models.library import models_dir
from starling.models.store import Store
from starling.speech.stt import whisper
from tests.helpers import model_shop
from tests.helpers.commands import Done, starling, surroundings
from tests.helpers.file_server import file_server, wait_for
from tests.helpers.shared import shared

MAIN = """
import sys
from pathlib import Path
import starling.models.catalogue as catalogue
catalogue.shipped = lambda *parts: Path(sys.argv[1])
from starling.cli import main
sys.exit(main(sys.argv[2:]))
"""
"""The command line with another catalogue. Its addresses are https; the mirror leads them to the local server."""


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    root = tmp_path_factory.mktemp("models")
    return {"whisper-ct2": model_shop.whisper_folder(root), "kokoro": model_shop.kokoro_folder(root)}


class Shop:
    """A server, a catalogue file and a home whose settings lead to them."""

    def __init__(self, server, home: Path, folders) -> None:
        self.server, self.home = server, home
        entries = [
            model_shop.entry(server, folders["whisper-ct2"], "tiny"),
            model_shop.entry(server, folders["kokoro"], "voice", "kokoro", pinned=False),
        ]
        self.catalogue = home / "catalogue.toml"
        self.catalogue.parent.mkdir(parents=True, exist_ok=True)
        self.catalogue.write_text(self._toml(entries))
        (home / "config").mkdir()
        (home / "config" / "settings.toml").write_text(
            f'[models]\nmirror = "{server.url}/{{path}}"\nproxy = "none"\nstall = 5\n'
        )

    def _toml(self, entries) -> str:
        lines = ["schema = 1"]
        for entry in entries:
            lines += ["[[model]]", f'id = "{entry.id}"', f'title = "{entry.title}"', f'kind = "{entry.kind}"']
            lines += ['languages = ["en"]', "memory_mb = 100", 'licence = "MIT"', 'good_for = "Tests."']
            lines += ["short_context = false", 'tiers = ["legacy"]', 'revision = "r1"']
            lines += [f'repository = "https://example.org/{entry.id}"', "files = ["]
            for file in entry.files:
                size = f'size = {file.size}, sha256 = "{file.sha256}"' if file.sha256 else f"about = {file.about}"
                lines.append(f'  {{ name = "{file.name}", {size}, source = "https://example.org/pins" }},')
            lines.append("]")
        return "\n".join(lines) + "\n"

    def argv(self, *words: str) -> list[str]:
        return [sys.executable, "-c", MAIN, str(self.catalogue), "models", *words]

    def run(self, *words: str) -> Done:
        done = subprocess.run(
            self.argv(*words), env=surroundings(self.home), capture_output=True, timeout=60, check=False
        )
        out, err = done.stdout.decode(), done.stderr.decode()
        assert "Traceback" not in err, err
        return Done(done.returncode, out, err)

    def json(self, *words: str):
        done = self.run(*words, "--json")
        assert done.code == 0, done.err
        return json.loads(done.out)


@pytest.fixture
def shop(tmp_path, folders):
    with file_server() as server:
        yield Shop(server, tmp_path / "home", folders)


def test_from_the_list_to_the_removal(shop):
    listed = shop.json("list")
    assert [model["name"] for model in listed["models"]] == ["starter"]
    assert [(item["id"], item["state"], item["pins"]) for item in listed["catalogue"]] == [
        ("tiny", "available", "catalogue"),
        ("voice", "available", "first_download"),
    ]
    done = shop.run("install", "tiny")
    assert done.code == 0, done.err
    assert done.out.startswith("tiny: ")
    assert "tiny: 50 %" in done.err or "tiny: 100 %" in done.err or "tiny: 90 %" in done.err
    told = shop.json("install", "voice")
    assert (told["name"], told["kind"], told["pins"], told["licence"]) == ("voice", "kokoro", "here", "MIT")
    listed = shop.json("list")
    assert [model["name"] for model in listed["models"]] == ["tiny", "voice", "starter"]
    assert listed["catalogue"] == []
    text = shop.run("list").out
    assert "Installed" in text
    assert f"pinned here on {told['pinned_at']}" in text
    assert shop.json("verify") == {
        "verified": [{"name": n, "ok": True, "error": None} for n in ("tiny", "voice", "starter")]
    }
    assert shop.json("remove", "voice")["removed"] == "voice"
    assert shop.run("remove", "tiny").code == 0
    assert [model["name"] for model in shop.json("list")["models"]] == ["starter"]


def test_an_interruption_keeps_what_was_downloaded(shop):
    served = shop.server.files["tiny/model.bin"]
    served.fault, served.seconds = "slow", 0.2
    child = subprocess.Popen(
        shop.argv("install", "tiny"), env=surroundings(shop.home), stderr=subprocess.PIPE, stdout=subprocess.PIPE
    )
    part = shop.home / "data" / "models" / ".downloads" / "tiny" / "model.bin.part"
    wait_for(lambda: part.exists() and part.stat().st_size, 30)
    child.send_signal(signal.SIGINT)
    _, err = child.communicate(timeout=20)
    text = err.decode()
    assert child.returncode == 1
    assert "go on with: starling models install tiny" in text
    assert "[cli.interrupted]" in text
    assert "Traceback" not in text
    assert part.stat().st_size
    assert shop.json("list")["catalogue"][0]["state"] == "partial"
    served.fault = ""
    assert shop.run("install", "tiny").code == 0
    assert "Range" in served.requests[-1]


def test_a_partial_download_can_be_removed(shop):
    shop.server.files["tiny/model.bin"].fault = "404"
    done = shop.run("install", "tiny")
    assert (done.code, "[download.stale_pin]" in done.err, done.out) == (1, True, "")
    assert len(done.err.strip().splitlines()[-1].split("starling: ")) == 2
    assert shop.run("remove", "tiny").code == 0
    assert shop.json("list")["catalogue"][0]["state"] == "available"


def test_offline_all_but_install_works(tmp_path):
    home = tmp_path / "home"
    for words in (["list"], ["where"], ["verify", "starter"]):
        assert starling("models", *words, home=home).code == 0
    done = starling("models", "list", home=home)
    assert "whisper-base" in done.out
    assert "Cannot be installed yet" in done.out


def test_a_verification_that_fails(shop):
    shop.run("install", "tiny")
    with (shop.home / "data" / "models" / "tiny" / "config.json").open("ab") as file:
        file.write(b" ")
    done = shop.run("verify", "--json")
    assert done.code == 1
    results = {result["name"]: result for result in json.loads(done.out)["verified"]}
    assert (results["tiny"]["ok"], results["tiny"]["error"]["code"]) == (False, "model.altered")
    assert results["starter"]["ok"]
    assert "starling: tiny: " in done.err


def test_move(shop, tmp_path):
    shop.run("install", "tiny")
    there = tmp_path / "disk"
    assert shop.json("move", str(there)) == {"folder": str(there)}
    assert shop.run("where").out.strip() == str(there)
    assert (there / "tiny" / "model.bin").is_file()
    assert not (shop.home / "data" / "models" / "tiny").exists()
    assert shop.run("verify", "tiny").code == 0


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["install", "nothing"], 1, "[model.unknown]"),
        (["install", "tny"], 1, "Did you mean tiny?"),
        (["remove", "starter"], 1, "[model.shipped]"),
        (["remove", "tiny"], 1, "[model.not_installed]"),
        (["verify", "tiny"], 1, "[model.not_installed]"),
        (["import", "/nonexistent"], 1, "[model.not_a_model]"),
        (["install"], 2, "usage"),
        (["nonsense"], 2, "usage"),
        ([], 2, "usage"),
    ],
)
def test_failures(shop, words, code, told):
    done = shop.run(*words)
    assert (done.code, told in done.err) == (code, True), done.err


def test_a_bar_on_a_terminal(shop):
    import pty
    import termios

    leader, follower = pty.openpty()
    termios.tcsetwinsize(follower, (24, 80))
    child = subprocess.Popen(
        shop.argv("install", "tiny"), env=surroundings(shop.home), stderr=follower, stdout=subprocess.PIPE
    )
    os.close(follower)
    seen = b""
    with contextlib.suppress(OSError):  # Linux ends a terminal so
        while data := os.read(leader, 4096):
            seen += data
    os.close(leader)
    assert child.wait(20) == 0
    child.stdout.close()
    assert b"tiny" in seen
    assert b"%|" in seen


def test_the_shared_starter_is_imported_and_a_truncated_copy_refused(tmp_path):
    source = shared("models", "starter-whisper")
    home = tmp_path / "home"
    done = starling("models", "import", str(source), "--name", "shared", "--short-context", "--json", home=home)
    assert done.code == 0, done.err
    assert json.loads(done.out)["short_context"] is True
    copy = tmp_path / "copy"
    copy.mkdir()
    for path in source.iterdir():
        data = path.read_bytes()
        (copy / path.name).write_bytes(data[:-1000] if path.name.startswith("model-00002") else data)
    done = starling("models", "import", str(copy), home=home)
    assert (done.code, "[model.truncated]" in done.err) == (1, True)
    assert [m["name"] for m in json.loads(starling("models", "list", "--json", home=home).out)["models"]] == [
        "shared",
        "starter",
    ]


@pytest.mark.slow
def test_the_imported_starter_hears_28_of_30_sentences():
    from tests.e2e.test_thirty_sentences import ENOUGH, SENTENCES, VOICES, heard

    source = shared("models", "starter-whisper")
    Store().import_path(source, name="imported", short_context=True)
    engine = whisper.create({"model": str(models_dir() / "imported"), "name": "imported", "short_context": True})
    right = sum(heard(engine, sentence, voice) == sentence for voice in VOICES for sentence in SENTENCES)
    assert right >= ENOUGH


# -- what a kill leaves --------------------------------------------------------------------------------------


def killed(shop, name: str, after_s: float) -> None:
    """Start an install and kill it some time after its first request."""
    asked = len(shop.server.paths)
    quiet = {"stderr": subprocess.DEVNULL, "stdout": subprocess.DEVNULL}
    child = subprocess.Popen(shop.argv("install", name), env=surroundings(shop.home), **quiet)
    with contextlib.suppress(AssertionError):
        wait_for(lambda: len(shop.server.paths) > asked or child.poll() is not None, 20)
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.wait(after_s)
    child.kill()
    child.wait()


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 4))])
@pytest.mark.parametrize("name", ["tiny", "voice"])
def test_killed_at_any_moment(shop, name, seed):
    """After each kill the store is whole: the model is there and right, or not there; and the next try ends well."""
    for served in shop.server.files.values():
        served.fault, served.seconds = "slow", 0.004
    rng = random.Random(seed)
    for _ in range(3):
        killed(shop, name, rng.uniform(0, 0.6))
        listed = shop.json("list")
        assert listed["faults"] == []
        if name in [model["name"] for model in listed["models"]]:
            assert shop.run("verify", name).code == 0
            return
    for served in shop.server.files.values():
        served.fault = ""
    assert shop.run("install", name).code == 0
    assert shop.run("verify", name).code == 0
    downloads = shop.home / "data" / "models" / ".downloads"
    assert list(downloads.iterdir()) == []


SLOW = """
import sys, time
from pathlib import Path
import starling.models.moving as moving, starling.models.install as install
real = moving._copy
moving._copy = lambda *given: (time.sleep(0.05), real(*given))
install._CHUNK = 4096
from starling.models.store import Store
action, path = sys.argv[1:]
store = Store()
if action == "move":
    store.move(Path(path))
else:
    store.import_path(Path(path), lambda progress: time.sleep(0.005), name="copy")
"""


@pytest.mark.parametrize("action", ["move", "import"])
def test_a_move_or_import_that_is_killed(action, folders, tmp_path):
    for name in ("one", "two"):
        Store().import_path(folders["kokoro"], name=name)
    rng = random.Random(1)
    home, there = models_dir(), tmp_path / "there"
    target = there if action == "move" else folders["kokoro"]
    for _ in range(8):
        child = subprocess.Popen([sys.executable, "-c", SLOW, action, str(target)], stderr=subprocess.DEVNULL)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(rng.uniform(0.2, 0.8))
        child.kill()
        child.wait()
        assert models_dir() in (home, there)
        names = {item.id for item in Store().items() if item.state == "installed"}
        assert {"one", "two", "starter"} <= names <= {"one", "two", "starter", "copy"}
        assert not [item for item in Store().items() if item.state == "faulty"]
        for name in names:
            Store().verify(name)
    if action == "move":
        assert Store().move(there) == there
        assert [path.name for path in home.iterdir() if not path.name.startswith(".")] == []
        assert {path.name for path in there.iterdir()} == {"one", "two"}


# -- a disk that is really full ------------------------------------------------------------------------------


@pytest.fixture
def small_disk(tmp_path):
    """A file system of a few hundred kilobytes."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("mounting a small tmpfs is not allowed here")
    yield folder
    for _ in range(20):
        if subprocess.run(["umount", str(folder)], capture_output=True, check=False).returncode == 0:
            break
        time.sleep(0.1)


def test_a_full_disk(small_disk, folders, monkeypatch, tmp_path):
    from starling.models import disk, installing

    monkeypatch.setenv("STARLING_HOME", str(small_disk))
    monkeypatch.setattr(installing, "SPARE_BYTES", 0)
    monkeypatch.setattr(disk, "LEAST_FREE", 0)
    with file_server() as server:
        entry = model_shop.entry(server, folders["kokoro"], "voice", "kokoro")
        store = Store(model_shop.QUICK, model_shop.catalogue(entry))
        with pytest.raises(StarlingError) as caught:
            store.install("voice")
        assert caught.value.code == "model.disk_full"  # told beforehand
        assert server.paths == []
        monkeypatch.setattr(installing._Install, "_check_disk", lambda self: None)
        with pytest.raises(StarlingError) as caught:
            store.install("voice")
        assert caught.value.code == "model.disk_full"  # told by the disk
        assert store.item("voice").state == "partial"
        with pytest.raises(StarlingError) as caught:
            store.import_path(folders["kokoro"], name="copy")
        assert caught.value.code == "model.disk_full"
        assert [path.name for path in models_dir().iterdir() if not path.name.startswith(".")] == []
        store.discard("voice")
