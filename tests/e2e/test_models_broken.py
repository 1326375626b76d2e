"""Fifty-odd broken downloads and imports: each is refused with its reason before anything is loaded, and leaves the
store as it was."""

from __future__ import annotations

import io
import json
import pickle
import shutil
import struct
import tarfile
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from starling.core.errors import StarlingError
from starling.models import library
from starling.models.card import CARD_FILE, ModelCard
from starling.models.hashing import folder_records
from starling.models.library import models_dir
from starling.models.store import Store
from tests.helpers import kokoro_model, model_shop
from tests.helpers.file_server import FileServer, file_server


class Bomb:
    """What a pickle would do if it were opened."""

    def __reduce__(self):
        return (exec, ("import os; os.mkdir(os.environ['STARLING_TEST_BOMB'])",))


# -- downloads: the server's faults --------------------------------------------------------------------------


def fault(name: str, path: str = "model.bin", **more) -> Callable[[FileServer], None]:
    def act(server: FileServer) -> None:
        served = server.files[f"m/{path}"]
        served.fault = name
        for key, value in more.items():
            setattr(served, key, value)

    return act


def other_data(change: Callable[[bytes], bytes], path: str = "model.bin") -> Callable[[FileServer], None]:
    def act(server: FileServer) -> None:
        server.files[f"m/{path}"].data = change(server.files[f"m/{path}"].data)

    return act


def gone(path: str) -> Callable[[FileServer], None]:
    return lambda server: server.files.pop(f"m/{path}") and None  # type: ignore[func-returns-value]


DOWNLOADS = {
    "the connection drops at once": (fault("drop", after=0), "download.broken"),
    "the connection drops every time": (fault("drop", after=100), "download.broken"),
    "nothing comes": (fault("stall", after=0), "download.stalled"),
    "nothing comes any more": (fault("stall", after=500), "download.stalled"),
    "it drips": (fault("drip", seconds=0.02), "download.stalled"),
    "the length is too great": (fault("too long"), "download.stale_pin"),
    "the length is too small": (fault("too short"), "download.stale_pin"),
    "it never ends": (fault("endless"), "download.stale_pin"),
    "a login page": (fault("html"), "download.web_page"),
    "not HTTP at all": (fault("garbage"), "download.broken"),
    "packed without being asked": (fault("packed"), "download.broken"),
    "damaged on the way": (fault("flipped"), "download.corrupted"),
    "an empty file": (fault("empty"), "download.stale_pin"),
    "404": (gone("model.bin"), "download.stale_pin"),
    "404 of a small file": (gone("config.json"), "download.stale_pin"),
    "410": (fault("410"), "download.stale_pin"),
    "401": (fault("401"), "download.forbidden"),
    "403": (fault("403"), "download.forbidden"),
    "416": (fault("416"), "download.broken"),
    "429 for an hour": (fault("429", seconds=3600), "download.busy"),
    "429 again and again": (fault("429"), "download.busy"),
    "500": (fault("500"), "download.server"),
    "503": (fault("503"), "download.server"),
    "a redirect to itself": (fault("redirect", location="/m/model.bin"), "download.bad_redirect"),
    "a redirect to a file": (fault("redirect", location="file:///etc/hostname"), "download.bad_redirect"),
    "another version": (other_data(lambda data: data[:-1] + b"?"), "download.stale_pin"),
    "a longer version": (other_data(lambda data: data + b"?"), "download.stale_pin"),
    "another tokenizer": (other_data(lambda data: data[:-1] + b" ", "tokenizer.json"), "download.stale_pin"),
}

# -- downloads without a hash: what comes is looked into -----------------------------------------------------

UNPINNED = {
    "no CTranslate2": ("whisper", other_data(lambda data: b"GGUF" + data), "model.wrong_architecture"),
    "a model that breaks off": ("whisper", other_data(lambda data: data[:-40]), "model.truncated"),
    "a configuration that is none": ("whisper", other_data(lambda data: b"<?xml", "config.json"), "model.bad_config"),
    "voices that are a pickle": ("kokoro", other_data(lambda data: pickle.dumps([]), "voices.bin"), "model.pickle"),
    "a voice model that breaks off": ("kokoro", other_data(lambda data: data[:-3], "model.onnx"), "model.truncated"),
}

# -- imports -------------------------------------------------------------------------------------------------


def damage(name: str, change: Callable[[bytes], bytes]) -> Callable[[Path], Path]:
    def act(folder: Path) -> Path:
        (folder / name).write_bytes(change((folder / name).read_bytes()))
        return folder

    return act


def without(*names: str) -> Callable[[Path], Path]:
    def act(folder: Path) -> Path:
        for name in names:
            (folder / name).unlink()
        return folder

    return act


def only(name: str, data: bytes) -> Callable[[Path], Path]:
    """The folder holds nothing but this file."""

    def act(folder: Path) -> Path:
        for path in folder.iterdir():
            path.unlink()
        (folder / name).write_bytes(data)
        return folder

    return act


def one_file(name: str, data: bytes) -> Callable[[Path], Path]:
    """Not the folder is imported but this file alone."""

    def act(folder: Path) -> Path:
        (folder.parent / name).write_bytes(data)
        return folder.parent / name

    return act


def carded(then: Callable[[Path], Path]) -> Callable[[Path], Path]:
    """A folder with a card, and what happened to it since."""

    def act(folder: Path) -> Path:
        names = [path.name for path in folder.iterdir()]
        kind = "kokoro" if "model.onnx" in names else "whisper-ct2"
        ModelCard(name="x", kind=kind, files=folder_records(folder, names)).write(folder)
        return then(folder)

    return act


def rewrite_card(**files: dict[str, object]) -> Callable[[Path], Path]:
    def act(folder: Path) -> Path:
        data = json.loads((folder / CARD_FILE).read_text())
        data["files"].update(files)
        (folder / CARD_FILE).write_text(json.dumps(data))
        return folder

    return act


def linked(name: str) -> Callable[[Path], Path]:
    def act(folder: Path) -> Path:
        outside = folder.parent / "outside"
        (folder / name).rename(outside)
        (folder / name).symlink_to(outside)
        return folder

    return act


def external(location: str) -> Callable[[Path], Path]:
    """The ONNX model reads its weights from there."""

    def act(folder: Path) -> Path:
        tensor = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[4])
        tensor.data_location = TensorProto.EXTERNAL
        tensor.external_data.add(key="location", value=location)
        graph = helper.make_graph([], "g", [], [], [tensor])
        inner = helper.make_node("If", ["c"], [], then_branch=graph, else_branch=graph)
        outer = helper.make_graph([inner], "outer", [], [])
        (folder / "model.onnx").write_bytes(helper.make_model(outer).SerializeToString())
        return folder

    return act


def voices(**arrays: np.ndarray) -> Callable[[Path], Path]:
    def act(folder: Path) -> Path:
        kokoro_model.write_voices(folder / "voices.bin", **arrays)
        return folder

    return act


def voice_zip(*members: tuple[str, bytes]) -> Callable[[Path], Path]:
    def act(folder: Path) -> Path:
        with zipfile.ZipFile(folder / "voices.bin", "w") as archive:
            for name, data in members:
                archive.writestr(name, data)
        return folder

    return act


def zipped(*extra: tuple[str, bytes], cut: int = 0) -> Callable[[Path], Path]:
    def act(folder: Path) -> Path:
        target = folder.parent / "model.zip"
        with zipfile.ZipFile(target, "w") as archive:
            for path in folder.iterdir():
                archive.write(path, f"model/{path.name}")
            for name, data in extra:
                archive.writestr(name, data)
        if cut:
            target.write_bytes(target.read_bytes()[:-cut])
        return target

    return act


def taped(member: tarfile.TarInfo, data: bytes = b"") -> Callable[[Path], Path]:
    def act(folder: Path) -> Path:
        target = folder.parent / "model.tar.gz"
        with tarfile.open(target, "w:gz") as tape:
            tape.add(folder, "model")
            member.size = len(data)
            tape.addfile(member, io.BytesIO(data))
        return target

    return act


def link(name: str, to: str, kind: bytes = tarfile.SYMTYPE) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, to
    return info


def whisper_onnx(folder: Path) -> Path:
    for path in folder.iterdir():
        path.unlink()
    (folder / "decoder_model.onnx").write_bytes(b"\x3a\x00")
    return folder


IMPORTS = {
    "no folder": ("whisper", lambda folder: folder / "nowhere", "model.not_a_model"),
    "an empty folder": ("whisper", only("README.md", b"hello"), "model.not_a_model"),
    "CTranslate2 that breaks off": ("whisper", damage("model.bin", lambda data: data[:-1]), "model.truncated"),
    "half of it": ("whisper", damage("model.bin", lambda data: data[: len(data) // 2]), "model.truncated"),
    "ten bytes of it": ("whisper", damage("model.bin", lambda data: data[:10]), "model.truncated"),
    "with a tail": ("whisper", damage("model.bin", lambda data: data + b"x"), "model.altered"),
    "another kind of CTranslate2": (
        "whisper",
        damage("model.bin", lambda data: data.replace(b"WhisperSpec", b"Wav2VecSpec")),
        "model.wrong_architecture",
    ),
    "no configuration": ("whisper", without("config.json"), "model.missing_file"),
    "no tokenizer": ("whisper", without("tokenizer.json"), "model.no_tokenizer"),
    "no vocabulary": ("whisper", without("vocabulary.json"), "model.missing_file"),
    "a tokenizer that is none": ("whisper", damage("tokenizer.json", lambda data: data[:50]), "model.bad_config"),
    "an altered model with a card": (
        "whisper",
        carded(damage("model.bin", lambda data: data[:-1] + bytes([data[-1] ^ 1]))),
        "model.altered",
    ),
    "a card that names another folder": (
        "whisper",
        carded(rewrite_card(**{"../../etc/passwd": {"sha256": "0" * 64, "size": 1}})),
        "model.bad_card",
    ),
    "a damaged card": ("whisper", carded(damage(CARD_FILE, lambda data: data[:-9])), "model.bad_card"),
    "a link out of the folder": ("whisper", linked("tokenizer.json"), "model.escapes"),
    "weights as a pickle": ("whisper", only("pytorch_model.bin", pickle.dumps(Bomb())), "model.pickle"),
    "a .pt file": ("whisper", one_file("tiny.pt", pickle.dumps(Bomb())), "model.pickle"),
    "a .pkl file": ("whisper", one_file("model.pkl", pickle.dumps(Bomb())), "model.pickle"),
    "a .npy file": ("whisper", one_file("model.npy", b"\x93NUMPY"), "model.pickle"),
    "a text file": ("whisper", one_file("notes.txt", b"hello"), "model.not_a_model"),
    "safetensors that break off": (
        "safetensors",
        damage("model.safetensors", lambda data: data[:-100]),
        "model.truncated",
    ),
    "safetensors that are a pickle": (
        "safetensors",
        damage("model.safetensors", lambda data: pickle.dumps(Bomb()) + data),
        "model.bad_safetensors",
    ),
    "safetensors of another network": (
        "safetensors",
        damage("config.json", lambda data: data.replace(b'"whisper"', b'"llama"')),
        "model.wrong_architecture",
    ),
    "safetensors behind a link": ("safetensors", linked("model.safetensors"), "model.escapes"),
    "a header without end": (
        "safetensors",
        damage("model.safetensors", lambda data: struct.pack("<Q", 1 << 40) + data[8:]),
        "model.bad_safetensors",
    ),
    "ONNX that breaks off": ("kokoro", damage("model.onnx", lambda data: data[:-1]), "model.truncated"),
    "an empty ONNX": ("kokoro", damage("model.onnx", lambda data: b""), "model.truncated"),
    "no ONNX": ("kokoro", damage("model.onnx", lambda data: b"<html></html>"), "model.bad_onnx"),
    "weights in a folder above": ("kokoro", external("../../secrets"), "model.escapes"),
    "weights at an absolute path": ("kokoro", external("/etc/passwd"), "model.escapes"),
    "weights on a drive": ("kokoro", external("C:\\secrets"), "model.escapes"),
    "weights of another name": ("kokoro", external("id_rsa"), "model.escapes"),
    "weights that are missing": ("kokoro", external("model.onnx.data"), "model.missing_file"),
    "no voices": ("kokoro", without("voices.bin"), "model.missing_file"),
    "voices that are a pickle": ("kokoro", damage("voices.bin", lambda data: pickle.dumps(Bomb())), "model.pickle"),
    "voices of objects": ("kokoro", voices(af_heart=np.array([Bomb], dtype=object)), "model.pickle"),
    "voices of texts": ("kokoro", voices(af_heart=np.array(["a"])), "model.bad_voices"),
    "voices that break off": ("kokoro", damage("voices.bin", lambda data: data[:-30]), "model.truncated"),
    "voices with a path": ("kokoro", voice_zip(("../../x.npy", b"\x93NUMPY")), "model.escapes"),
    "voices with other files": ("kokoro", voice_zip(("a.npy", b"hello, hello, hello")), "model.bad_voices"),
    "no voice among the voices": ("kokoro", voice_zip(), "model.bad_voices"),
    "voices that are one array": (
        "kokoro",
        damage("voices.bin", lambda data: b"\x93NUMPY\x01\x00"),
        "model.bad_voices",
    ),
    "two models in a folder": (
        "kokoro",
        lambda folder: shutil.copy(folder / "model.onnx", folder / "other.onnx") and folder,
        "model.ambiguous",
    ),
    "the decoder of a Whisper for an NPU": ("kokoro", whisper_onnx, "model.no_tier"),
    "an archive that breaks off": ("whisper", zipped(cut=200), "model.truncated"),
    "an archive with a path": ("whisper", zipped(("../../../outside", b"x")), "model.escapes"),
    "an archive with an absolute path": ("whisper", zipped(("/tmp/outside", b"x")), "model.escapes"),
    "an archive of two models": ("whisper", zipped(("other/model.bin", b"x")), "model.bad_archive"),
    "a tape with a path": ("whisper", taped(tarfile.TarInfo("../outside"), b"x"), "model.escapes"),
    "a tape with a link": ("whisper", taped(link("model/link", "/etc/passwd")), "model.escapes"),
    "a tape with a hard link": ("whisper", taped(link("model/l", "/etc/passwd", tarfile.LNKTYPE)), "model.escapes"),
    "a tape with a device": ("whisper", taped(link("model/null", "", tarfile.CHRTYPE)), "model.escapes"),
    "an archive that is none": ("whisper", one_file("model.zip", b"PK but not really"), "model.truncated"),
}


def test_there_are_enough():
    assert len(DOWNLOADS) + len(UNPINNED) + len(IMPORTS) >= 50


@pytest.fixture(scope="module")
def originals(tmp_path_factory):
    root = tmp_path_factory.mktemp("originals")
    return {
        "whisper": model_shop.whisper_folder(root),
        "safetensors": model_shop.safetensors_folder(root),
        "kokoro": model_shop.kokoro_folder(root),
    }


@pytest.fixture(autouse=True)
def no_library_is_reached(tmp_path, monkeypatch):
    """Nothing that runs models may open one here; and no pickle is opened."""
    import ctranslate2
    import onnxruntime

    def refuse(*args, **kwargs):
        raise AssertionError("a model was loaded")

    monkeypatch.setattr(ctranslate2.models, "Whisper", refuse)
    monkeypatch.setattr(onnxruntime, "InferenceSession", refuse)
    monkeypatch.setattr(pickle, "load", refuse)
    monkeypatch.setattr(pickle, "loads", refuse)
    monkeypatch.setenv("STARLING_TEST_BOMB", str(tmp_path / "exploded"))
    yield
    assert not (tmp_path / "exploded").exists()


@pytest.fixture
def neighbour(originals):
    """A good model that was there before."""
    Store().import_path(originals["kokoro"], name="good")
    return models_dir() / "good"


def refused(act: Callable[[], object], code: str, neighbour: Path) -> StarlingError:
    """The refusal; and the store is what it was, takes up good models and knows no other."""
    with pytest.raises(StarlingError) as caught:
        act()
    assert (caught.value.code, bool(caught.value.message.strip())) == (code, True)
    assert "Traceback" not in str(caught.value)
    assert [model.name for model in library.installed()] == ["good"]
    assert library.scan().faults == ()
    Store().verify("good")
    left = {path.name for path in models_dir().iterdir()} - {".install.lock", ".pins", ".downloads", "good"}
    assert left == set()
    return caught.value


def one_entry(server: FileServer, folder: Path, kind: str, pinned: bool) -> Store:
    entry = model_shop.entry(server, folder, "m", kind, pinned=pinned)
    return Store(model_shop.QUICK, model_shop.catalogue(entry))


@pytest.mark.parametrize("what", DOWNLOADS)
def test_broken_download(what, originals, neighbour):
    act, code = DOWNLOADS[what]
    with file_server() as server:
        store = one_entry(server, originals["whisper"], "whisper-ct2", pinned=True)
        good = {path: replace(served) for path, served in server.files.items()}
        act(server)
        refused(lambda: store.install("m"), code, neighbour)
        assert store.item("m").state in ("available", "partial")
        server.files.update(good)
        store.install("m")  # and once the trouble is over it works
        store.verify("m")


@pytest.mark.parametrize("what", UNPINNED)
def test_broken_first_download(what, originals, neighbour):
    kind, act, code = UNPINNED[what]
    with file_server() as server:
        full = {"whisper": "whisper-ct2"}.get(kind, kind)
        store = one_entry(server, originals[kind], full, pinned=False)
        good = {path: replace(served) for path, served in server.files.items()}
        act(server)
        refused(lambda: store.install("m"), code, neighbour)
        assert store.item("m").pins == "first_download"  # what was refused is not held to
        server.files.update(good)
        store.install("m")
        store.verify("m")


@pytest.mark.parametrize("what", IMPORTS)
def test_broken_import(what, originals, neighbour, tmp_path):
    kind, act, code = IMPORTS[what]
    source = act(Path(shutil.copytree(originals[kind], tmp_path / "source" / "model")))
    refused(lambda: Store().import_path(source, name="bad"), code, neighbour)
    assert not (tmp_path / "outside").exists()


def test_too_large_for_the_disk(originals, neighbour, monkeypatch):
    usage = shutil.disk_usage("/")._replace(free=10)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    refused(lambda: Store().import_path(originals["whisper"], name="bad"), "model.disk_full", neighbour)
    refused(lambda: Store().import_path(originals["safetensors"], name="bad"), "model.disk_full", neighbour)


@pytest.mark.parametrize("pack", [zipped(), taped(tarfile.TarInfo("model/README.md"), b"hello")])
def test_a_good_archive_and_a_good_file(pack, originals, tmp_path):
    folder = Path(shutil.copytree(originals["whisper"], tmp_path / "source" / "model"))
    Store().import_path(pack(folder), name="packed")
    Store().import_path(folder / "model.bin", name="file")
    for name in ("packed", "file"):
        Store().verify(name)
    packed, file = ((models_dir() / name / "model.bin").read_bytes() for name in ("packed", "file"))
    assert packed == file


def test_the_cache_of_hugging_face_is_links(originals, tmp_path):
    snapshot = tmp_path / "models--a--b" / "snapshots" / "rev"
    snapshot.mkdir(parents=True)
    (tmp_path / "models--a--b" / "blobs").mkdir()
    for path in originals["whisper"].iterdir():
        shutil.copy(path, tmp_path / "models--a--b" / "blobs" / path.name)
        (snapshot / path.name).symlink_to(Path("..", "..", "blobs", path.name))
    Store().import_path(snapshot, name="cached")
    assert not any(path.is_symlink() for path in (models_dir() / "cached").iterdir())
    Store().verify("cached")


def test_weights_beside_the_model_are_taken_along(originals, tmp_path):
    folder = Path(shutil.copytree(originals["kokoro"], tmp_path / "model"))
    model = onnx.load(folder / "model.onnx")
    onnx.save(model, folder / "model.onnx", save_as_external_data=True, location="model.onnx.data", size_threshold=0)
    Store().import_path(folder, name="beside")
    assert (models_dir() / "beside" / "model.onnx.data").is_file()
    (models_dir() / "beside" / "model.onnx.data").write_bytes(b"")
    with pytest.raises(StarlingError):
        Store().verify("beside")
