from __future__ import annotations

import json
import os
import shutil
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from starling.core.errors import StarlingError
from starling.models import installing, place
from starling.models.card import CARD_FILE
from starling.models.first_pins import read_first_pins
from starling.models.installing import DOWNLOADS, staging
from starling.models.items import list_items
from starling.models.library import find, installed, models_dir
from starling.models.network import Control, Stopped
from starling.models.place import one_installer
from starling.models.progress import Progress, Speed, seconds_left
from starling.models.store import Store
from starling.models.verify import verified_files
from tests.helpers import model_shop
from tests.helpers.file_server import file_server, wait_for


@pytest.fixture
def server():
    with file_server() as running:
        yield running


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    root = tmp_path_factory.mktemp("models")
    return {
        "whisper-ct2": model_shop.whisper_folder(root),
        "kokoro": model_shop.kokoro_folder(root),
        "whisper-safetensors": model_shop.safetensors_folder(root),
    }


def shop(server, folders, kind="whisper-ct2", **more):
    entry = model_shop.entry(server, folders[kind], "m", kind, **more)
    return Store(model_shop.QUICK, model_shop.catalogue(entry))


def state(store, name="m"):
    return store.item(name).state


@pytest.mark.parametrize("pinned", [True, False])
@pytest.mark.parametrize("kind", ["whisper-ct2", "kokoro", "whisper-safetensors"])
def test_install(server, folders, kind, pinned):
    store = shop(server, folders, kind, pinned=pinned)
    assert state(store) == "available"
    seen: list[Progress] = []
    card = store.install("m", seen.append)
    model = find("m", "kokoro" if kind == "kokoro" else "whisper-ct2")
    assert model.path == models_dir() / "m"
    assert model.short_context == (kind == "whisper-safetensors")
    assert (card.catalogue, card.revision, card.licence, card.languages) == ("m", "r1", "MIT", ("en", "de"))
    verified_files(model.path)
    store.verify("m")
    item = store.item("m")
    assert (item.state, item.catalogue, item.pins) == ("installed", True, "catalogue" if pinned else "here")
    assert bool(item.pinned_at) == (not pinned)
    assert seen[-1].share == 1.0
    assert not staging("m").exists()
    assert all(path.name in ("m", DOWNLOADS) or path.name.startswith(".") for path in models_dir().iterdir())
    with pytest.raises(StarlingError) as caught:
        store.install("m")
    assert caught.value.code == "model.target_exists"
    store.remove("m")
    assert state(store) == "available"
    assert installed() == []


def test_what_was_pinned_here_is_held_to_ever_after(server, folders):
    store = shop(server, folders, pinned=False)
    assert store.item("m").pins == "first_download"
    store.install("m")
    store.remove("m")
    assert store.item("m").pins == "here"
    assert store.item("m").pinned_at
    config = server.files["m/config.json"]
    config.data = config.data.replace(b"{", b"{ ", 1)
    with pytest.raises(StarlingError) as caught:
        store.install("m")
    assert caught.value.code == "download.stale_pin"
    assert "this machine" in caught.value.message
    store.install("m", accept_changes=True)
    assert read_first_pins("m")["config.json"].size == len(config.data)


def test_a_partial_download_is_shown_and_discarded(server, folders):
    store = shop(server, folders)
    server.files["m/model.bin"].fault, server.files["m/model.bin"].after = "drop", 500
    with pytest.raises(StarlingError) as caught:
        store.install("m")
    assert caught.value.code == "download.broken"
    item = store.item("m")
    assert item.state == "partial"
    assert 1000 <= item.done_bytes < item.size_bytes
    assert installed() == []
    assert store.discard("m")
    assert not store.discard("m")
    assert state(store) == "available"


def in_the_background(store, control):
    """An install on a thread; what it raised is in the list that is returned."""
    raised = []

    def run():
        try:
            store.install("m", control=control)
        except StarlingError as error:
            raised.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    return thread, raised


def test_paused_and_gone_on_with(server, folders):
    store, control = shop(server, folders), Control()
    served = server.files["m/model.bin"]
    served.fault, served.seconds = "slow", 0.05
    thread, raised = in_the_background(store, control)
    wait_for(lambda: store.item("m").done_bytes > 2000 and served.asked)
    with pytest.raises(StarlingError) as caught:
        store.install("m")
    assert caught.value.code == "model.busy"
    control.stop("paused")
    thread.join(2)
    assert [error.code for error in raised] == ["download.paused"]
    assert state(store) == "partial"
    served.fault = ""
    store.install("m")
    assert state(store) == "installed"
    assert "Range" in served.requests[-1]


def test_cancelled(server, folders):
    store, control = shop(server, folders), Control()
    server.files["m/model.bin"].fault = "stall"
    store.network = replace(store.network, stall_s=30)
    thread, raised = in_the_background(store, control)
    wait_for(lambda: server.files["m/model.bin"].asked)
    control.stop("cancelled")
    thread.join(2)
    assert not thread.is_alive()
    assert isinstance(raised[0], Stopped)


def test_small_files_come_first(server, folders):
    store = shop(server, folders)
    store.install("m")
    sizes = [len(server.files[path].data) for path in server.paths]
    assert sizes == sorted(sizes)


def test_one_at_a_time(server, folders, tmp_path):
    store = shop(server, folders)
    with one_installer():
        for act in (
            lambda: store.install("m"),
            lambda: store.import_path(folders["kokoro"]),
            lambda: store.discard("m"),
            lambda: store.move(tmp_path / "else"),
        ):
            with pytest.raises(StarlingError) as caught:
                act()
            assert caught.value.code == "model.busy"


def test_unknown(server, folders):
    with pytest.raises(StarlingError) as caught:
        shop(server, folders).install("nothing")
    assert caught.value.code == "model.unknown"


def test_what_cannot_be_installed_yet(server, folders):
    store = shop(server, folders, unavailable="No tier uses it.")
    assert (state(store), store.item("m").reason) == ("unavailable", "No tier uses it.")
    with pytest.raises(StarlingError) as caught:
        store.install("m")
    assert caught.value.code == "model.unavailable"
    assert server.paths == []


def test_a_disk_without_room(server, folders, monkeypatch):
    store = shop(server, folders)
    usage = shutil.disk_usage("/")._replace(free=installing.SPARE_BYTES)
    monkeypatch.setattr(installing.shutil, "disk_usage", lambda path: usage)
    with pytest.raises(StarlingError) as caught:
        store.install("m")
    assert caught.value.code == "model.disk_full"
    assert server.paths == []


def test_the_starter_stays():
    with pytest.raises(StarlingError) as caught:
        Store().remove("starter")
    assert caught.value.code == "model.shipped"
    Store().verify("starter")


def test_a_model_that_is_not_there(server, folders):
    store = shop(server, folders)
    for act in (lambda: store.remove("m"), lambda: store.verify("m")):
        with pytest.raises(StarlingError) as caught:
            act()
        assert caught.value.code == "model.not_installed"
    with pytest.raises(StarlingError) as caught:
        store.remove("nothing at all")
    assert caught.value.code == "model.unknown"


def test_a_faulty_model_is_shown_and_can_be_removed(server, folders):
    store = shop(server, folders)
    store.install("m")
    (models_dir() / "m" / CARD_FILE).write_text("{")
    (models_dir() / "other").mkdir()
    assert (state(store), store.item("m").fault) == ("faulty", "model.bad_card")
    assert (state(store, "other"), store.item("other").fault) == ("faulty", "model.not_a_model")
    with pytest.raises(StarlingError) as caught:
        store.verify("m")
    assert caught.value.code == "model.bad_card"
    store.remove("m")
    store.remove("other")
    assert state(store) == "available"


def test_an_altered_model_is_found(server, folders):
    store = shop(server, folders)
    store.install("m")
    data = bytearray((models_dir() / "m" / "model.bin").read_bytes())
    data[-1] ^= 1
    (models_dir() / "m" / "model.bin").write_bytes(data)
    with pytest.raises(StarlingError) as caught:
        store.verify("m")
    assert caught.value.code == "model.altered"


def test_a_link_among_the_models_is_unlinked(server, folders):
    store = shop(server, folders)
    models_dir().mkdir(parents=True)
    (models_dir() / "mine").symlink_to(folders["kokoro"])
    assert state(store, "mine") == "installed"
    store.remove("mine")
    assert folders["kokoro"].is_dir()


def test_somebodys_own_model_of_a_catalogue_name(server, folders):
    store = shop(server, folders)
    store.import_path(folders["kokoro"], name="m")
    item = store.item("m")
    assert (item.state, item.catalogue, item.kind, item.pins) == ("installed", False, "kokoro", "import")


def test_items_are_json(server, folders):
    store = shop(server, folders)
    store.install("m")
    assert json.loads(json.dumps([item.to_json() for item in store.items()]))
    assert [item.id for item in list_items(store.catalogue)] == ["m", "starter"]


def test_the_shipped_catalogue_is_listed():
    items = {item.id: item for item in Store().items()}
    assert items["whisper-base"].state == "available"
    assert items["whisper-small-npu"].state == "available"
    assert items["kokoro-v1.1-zh-fp32"].state == "unavailable"
    assert items["starter"].state == "installed"


def test_what_a_kill_leaves_is_tidied(server, folders):
    store = shop(server, folders)
    models_dir().mkdir(parents=True)
    for name in (".removing-x", ".x.part", ".unpacking"):
        (models_dir() / name).mkdir()
        (models_dir() / name / "file").write_bytes(b"x")
    (staging("m")).mkdir(parents=True)
    (staging("m") / "old.bin.part").write_bytes(b"of an older catalogue")
    (staging("m") / CARD_FILE).write_text("{}")
    store.install("m")
    left = [path.name for path in models_dir().iterdir() if path.is_dir()]
    assert sorted(left) == [DOWNLOADS, "m"]
    assert list((models_dir() / DOWNLOADS).iterdir()) == []


# -- moving --------------------------------------------------------------------------------------------------


def test_move_and_back(server, folders, tmp_path):
    store = shop(server, folders)
    store.install("m")
    store.import_path(folders["kokoro"], name="voice")
    shutil.copytree(folders["whisper-ct2"], models_dir() / "without-card")
    verified_files(models_dir() / "without-card")
    home, there = models_dir(), tmp_path / "disk" / "models"
    shares = []
    assert store.move(there, lambda progress: shares.append(progress.share)) == there
    assert shares[-1] == 1.0
    assert store.where() == there
    assert sorted(path.name for path in home.iterdir() if not path.name.startswith(".")) == []
    for name in ("m", "voice", "without-card"):
        store.verify(name)
    with (there / "without-card" / "config.json").open("ab") as file:
        file.write(b" ")
    with pytest.raises(StarlingError) as caught:
        store.verify("without-card")
    assert caught.value.code == "model.altered"  # its pins moved with it
    store.remove("without-card")
    store.move(home)
    assert store.where() == home
    assert not (home / place.POINTER).exists()
    store.verify("m")
    assert sorted(path.name for path in there.iterdir() if not path.name.startswith(".")) == []


def test_move_to_the_same_place_and_to_impossible_ones(server, folders, tmp_path):
    store = shop(server, folders)
    store.install("m")
    assert store.move(models_dir()) == models_dir()
    (tmp_path / "file").write_bytes(b"")
    for bad in (models_dir() / "inside", models_dir().parent, tmp_path / "file"):
        with pytest.raises(StarlingError) as caught:
            store.move(bad)
        assert caught.value.code == "model.bad_folder"
    store.verify("m")


def test_a_move_that_is_cancelled_or_fails_changes_nothing(server, folders, tmp_path):
    store = shop(server, folders)
    store.install("m")
    control = Control()
    with pytest.raises(Stopped):
        store.move(tmp_path / "there", lambda progress: control.stop("cancelled"), control)
    assert store.where() == models_dir() == place.home()
    (tmp_path / "there" / "m").mkdir()
    (tmp_path / "there" / "m" / "other").write_bytes(b"x")
    with pytest.raises(StarlingError) as caught:
        store.move(tmp_path / "there")
    assert caught.value.code == "model.target_exists"
    store.verify("m")


def test_an_unplugged_disk(server, folders, tmp_path):
    store = shop(server, folders)
    there = tmp_path / "disk"
    store.move(there)
    store.install("m")
    there.rename(tmp_path / "unplugged")
    assert [item.id for item in store.items() if item.state == "installed"] == ["starter"]
    for act in (lambda: store.install("m"), lambda: store.import_path(folders["kokoro"])):
        with pytest.raises(StarlingError) as caught:
            act()
        assert caught.value.code == "model.folder_missing"
    assert not there.exists()
    (tmp_path / "unplugged").rename(there)
    store.verify("m")
    shutil.rmtree(there)
    assert store.move(place.home()) == place.home()
    store.install("m")


def test_a_damaged_pointer_means_the_usual_folder():
    place.home().mkdir(parents=True)
    for text in ("{", "[]", '{"folder": 5}', '{"folder": "relative"}'):
        (place.home() / place.POINTER).write_text(text)
        assert models_dir() == place.home()


def test_one_installer_across_threads():
    with one_installer():
        caught = []

        def other():
            try:
                with one_installer():
                    pass
            except StarlingError as error:
                caught.append(error.code)

        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert caught == ["model.busy"]
    with one_installer():
        pass


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        ([], None),
        ([(0, 0)], None),
        ([(0, 0), (1, 100)], 100.0),
        ([(0, 0), (0, 5)], None),
        ([(0, 0), (9, 9), (10, 18)], 9.0),
    ],
)
def test_speed(points, expected):
    speed = Speed(window_s=5)
    for now, total in points:
        speed.add(now, total)
    assert speed.per_s() == expected


def test_time_left():
    assert seconds_left(100, 50.0) == 2.0
    assert seconds_left(100, None) is None
    assert seconds_left(100, 0.0) is None
    assert Progress("checking", 5, 0).share == 0.0
    assert Progress("checking", 50, 40).share == 1.0


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everything")
def test_a_folder_that_may_not_be_written(server, folders):
    models_dir().mkdir(parents=True)
    Path(models_dir()).chmod(0o500)
    with pytest.raises(StarlingError) as caught:
        shop(server, folders).install("m")
    assert caught.value.code == "model.write_failed"
