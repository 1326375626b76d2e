from __future__ import annotations

import copy
import re
import tomllib

import pytest

from starling.core.errors import StarlingError
from starling.locate import shipped
from starling.models.catalogue import load, parse

HASH = "ab" * 32
PERMANENT = re.compile(r"^https://github\.com/[^/]+/[^/]+/blob/[0-9a-f]{40}/\S+$")


def table(**changes):
    entry = {
        "id": "m",
        "title": "M",
        "kind": "whisper-ct2",
        "languages": ["en"],
        "memory_mb": 10,
        "licence": "MIT",
        "good_for": "Tests.",
        "short_context": False,
        "tiers": ["legacy"],
        "repository": "https://huggingface.co/a/b",
        "revision": "r1",
        "files": [{"name": "model.bin", "size": 5, "sha256": HASH, "source": "https://example.org/pins"}],
    }
    return {"schema": 1, "model": [{key: value for key, value in (entry | changes).items() if value is not None}]}


def file(**changes):
    whole = {"name": "model.bin", "size": 5, "sha256": HASH, "source": "https://example.org/pins"}
    return table(files=[{key: value for key, value in (whole | changes).items() if value is not None}])


def test_the_shipped_catalogue():
    """Every entry has every field; every hash has the page where it was read."""
    entries = load().entries
    assert len(entries) >= 30
    for entry in entries:
        assert entry.languages
        assert entry.licence
        assert entry.good_for
        assert entry.tiers
        assert entry.memory_mb > 0
        for given in entry.files:
            assert given.source.startswith("https://"), (entry.id, given.name)
            assert given.bytes > 0
            assert not given.sha256 or len(given.sha256) == 64
            assert PERMANENT.search(given.source), (given.source, "a source stays what it was when it was read")
    assert {entry.kind for entry in entries} == {"whisper-ct2", "whisper-safetensors", "whisper-onnx-npu", "kokoro"}


def test_what_the_catalogue_has_to_offer():
    by_id = {entry.id: entry for entry in load().entries}
    for size in ("tiny", "base", "small", "medium"):
        assert by_id[f"whisper-{size}"].pinned
        assert by_id[f"whisper-{size}.en"].pinned
        assert len(by_id[f"whisper-{size}"].languages) == 99
        assert by_id[f"whisper-{size}.en"].languages == ("en",)
    assert {"whisper-large-v3", "whisper-large-v3-turbo", "distil-whisper-large-v3"} <= by_id.keys()
    assert {f"kokoro-v1.{minor}-{kind}" for minor in "01" for kind in ("fp32", "fp16", "int8")} <= by_id.keys()
    short = {name for name, entry in by_id.items() if entry.short_context}
    assert short == {f"whisper-acft-{size}{en}" for size in ("tiny", "base", "small") for en in ("", ".en")}
    for name, entry in by_id.items():
        assert bool(entry.unavailable) == ("-zh-" in name)
        for decoder in entry.decoders:
            assert by_id[decoder].kind == "whisper-ct2"
            assert by_id[decoder].languages == entry.languages
    assert by_id["whisper-small-npu"].decoders == ("whisper-small",)


def test_a_pinned_hugging_face_file_is_asked_for_by_its_revision():
    for entry in load().entries:
        for given in entry.files:
            if given.sha256 and "huggingface.co" in given.url:
                revision = given.url.split("/resolve/")[1].split("/")[0]
                assert len(revision) == 40, (entry.id, given.name)


@pytest.mark.parametrize("key", sorted(table()["model"][0]))
def test_every_field_is_needed(key):
    with pytest.raises(StarlingError) as caught:
        parse(table(**{key: None}))
    assert caught.value.code == "catalogue.bad"


@pytest.mark.parametrize(
    "data",
    [
        file(source=None),
        file(source="somewhere"),
        file(source="http://example.org"),
        file(sha256="xyz"),
        file(sha256=HASH.upper()),
        file(size=None),
        file(size=None, about=5),  # a hash of a file whose size nobody knows
        file(size=0),
        file(about=5),
        file(name="../model.bin"),
        file(name=""),
        file(url="http://example.org/model.bin"),
        file(colour="red"),
        table(kind="gguf"),
        table(memory_mb="much"),
        table(memory_mb=0),
        table(short_context="no"),
        table(languages=[]),
        table(languages="klingon"),
        table(files=[]),
        table(tiers=[]),
        table(kind="whisper-onnx-npu"),
        table(decoders=["whisper-small"]),
        table(kind="whisper-onnx-npu", decoders="whisper-small"),
        table(kind="whisper-onnx-npu", decoders=[5]),
        table(id="a/b"),
        table(id=".."),
        table(repository="http://example.org"),
        table(licence=" "),
        table(colour="red"),
        {"schema": 2, "model": []},
        {"schema": 1, "model": [table()["model"][0], table()["model"][0]]},
    ],
)
def test_what_is_refused(data):
    with pytest.raises(StarlingError) as caught:
        parse(data)
    assert caught.value.code == "catalogue.bad"


def test_what_is_accepted():
    (entry,) = parse(table()).entries
    assert entry.files[0].url == "https://huggingface.co/a/b/resolve/r1/model.bin"
    assert entry.pinned
    assert entry.exact
    assert entry.download_bytes == 5
    (entry,) = parse(file(sha256=None, size=None, about=7)).entries
    assert not entry.pinned
    assert not entry.exact
    assert entry.download_bytes == 7
    (entry,) = parse(table(repository="https://github.com/a/b/releases/download/v1")).entries
    assert entry.files[0].url == "https://github.com/a/b/releases/download/v1/model.bin"


def test_a_named_list_of_languages():
    data = table(languages="two") | {"languages": {"two": ["en", "de"]}}
    assert parse(data).entries[0].languages == ("en", "de")


def test_a_hash_without_its_source_is_found_in_the_shipped_file():
    data = tomllib.loads(shipped("resources", "catalogue", "models.toml").read_text(encoding="utf-8"))
    for number, entry in enumerate(data["model"]):
        broken = copy.deepcopy(data)
        del broken["model"][number]["files"][0]["source"]
        with pytest.raises(StarlingError, match=entry["id"].replace(".", r"\.")):
            parse(broken)


@pytest.mark.parametrize(("text", "code"), [("schema = ", "catalogue.bad"), (None, "catalogue.unreadable")])
def test_a_file_that_cannot_be_read(tmp_path, text, code):
    path = tmp_path / "models.toml"
    if text is not None:
        path.write_text(text)
    with pytest.raises(StarlingError) as caught:
        load(path)
    assert caught.value.code == code
