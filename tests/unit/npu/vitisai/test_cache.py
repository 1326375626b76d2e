import json
import multiprocessing
import os
import threading
import time

import pytest

from starling.core.errors import StarlingError
from starling.npu.vitisai import cache
from starling.npu.vitisai.options import ENCODER_CONFIG, config_text, provider_options

VERSIONS = (("driver", "0.6.0"), ("ryzen ai", "1.8.0"))


def test_a_key_changes_with_all_that_a_compiled_model_depends_on():
    keys = {
        cache.key("m", {"a": "1"}, "c", VERSIONS),
        cache.key("m", {"a": "2"}, "c", VERSIONS),
        cache.key("m", {"a": "1", "b": "1"}, "c", VERSIONS),
        cache.key("m", {"a": "1"}, "d", VERSIONS),
        cache.key("m", {"a": "1"}, "c", (("driver", "0.7.0"), ("ryzen ai", "1.8.0"))),
        cache.key("m", {"a": "1"}, "c", (("driver", "0.6.0"), ("ryzen ai", "1.8.1"))),
    }
    assert len(keys) == 6
    assert cache.key("m", {"a": "1"}, "c", reversed(VERSIONS)) == cache.key("m", {"a": "1"}, "c", VERSIONS)


@pytest.mark.parametrize("name", ["../../etc", "a/b", "..", "", "ä b", "x" * 300, "C:\\x"])
def test_a_key_is_a_file_name(name):
    key = cache.key(name, {}, "", ())
    assert os.path.basename(key) == key
    assert key.strip(".") == key
    assert len(key) < 100


def test_what_was_compiled_stays(tmp_path):
    folder = tmp_path / "k"
    with cache.compiling(folder, "m"):
        folder.mkdir()
        (folder / "part").write_text("x")
        assert not cache.is_compiled(folder)
    assert cache.is_compiled(folder)
    with cache.compiling(folder, "m"):
        assert (folder / "part").exists()
    assert cache.is_compiled(folder)


def test_what_was_broken_off_is_made_anew(tmp_path):
    folder = tmp_path / "k"

    def break_off():
        with cache.compiling(folder, "m"):
            folder.mkdir()
            (folder / "part").write_text("x")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        break_off()
    assert not cache.is_compiled(folder)
    with cache.compiling(folder, "m"):
        assert not folder.exists()
    assert cache.is_compiled(folder)


def test_a_folder_that_somebody_removed_counts_as_not_compiled(tmp_path):
    folder = tmp_path / "k"
    with cache.compiling(folder, "m"):
        pass
    folder.rmdir()
    assert not cache.is_compiled(folder)
    cache.forget(folder)
    cache.forget(folder)


def test_progress_is_measured_and_ends(tmp_path):
    folder = tmp_path / "k"
    assert cache.under_way(tmp_path) == ()
    with cache.compiling(folder, "whisper-small"):
        folder.mkdir()
        (folder / "part").write_bytes(b"x" * 5000)
        (one,) = cache.under_way(tmp_path)
        assert (one.model, one.cache_bytes) == ("whisper-small", 5000)
        assert 0 <= one.elapsed_s < 30
    assert cache.under_way(tmp_path) == ()


def _compile_for_ever(folder):
    with cache.compiling(folder, "m"):
        time.sleep(1000)


def test_a_killed_compilation_is_not_under_way(tmp_path):
    folder = tmp_path / "k"
    process = multiprocessing.get_context("spawn").Process(target=_compile_for_ever, args=(folder,))
    process.start()
    deadline = time.monotonic() + 20
    while not cache.under_way(tmp_path) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert cache.under_way(tmp_path)
    process.kill()
    process.join()
    process.close()
    assert cache.under_way(tmp_path) == ()


def test_two_that_want_the_same_wait_for_one_another(tmp_path):
    folder = tmp_path / "k"
    seen = []

    def second():
        with cache.compiling(folder, "m"):
            seen.append(cache.is_compiled(folder))

    with cache.compiling(folder, "m"):
        thread = threading.Thread(target=second)
        thread.start()
        thread.join(0.3)
        assert seen == []
    thread.join(10)
    assert seen == [True]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"model": "m"}', '{"model": "m", "began": "x"}', "\xff"])
def test_a_damaged_mark_is_no_progress(tmp_path, text):
    folder = tmp_path / "k"
    with cache.compiling(folder, "m"):
        (tmp_path / "k.compiling.json").write_text(text, encoding="latin-1")
        assert cache.under_way(tmp_path) == ()


def test_a_place_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StarlingError) as caught, cache.compiling(tmp_path / "file" / "k", "m"):
        pass
    assert caught.value.code == "npu.cache"


def test_the_options_are_documented_ones(tmp_path):
    options = provider_options(tmp_path / "c.json", tmp_path, "k")
    documented = {"config_file", "target", "xclbin", "encryption_key", "opt_level", "cache_dir", "cache_key"}
    assert set(options) <= documented | {"enable_cache_file_io_in_mem"}
    assert json.loads(config_text()) == ENCODER_CONFIG
    assert [one["name"] for one in ENCODER_CONFIG["passes"]] == ENCODER_CONFIG["targets"][0]["pass"]


def test_of_a_model_the_newest_two_stay(tmp_path):
    made = []
    for driver in ("1", "2", "3", "4"):
        for model in ("whisper-small", "whisper-small.en"):
            folder = tmp_path / cache.key(model, {"a": "1"}, "", (("driver", driver),))
            with cache.compiling(folder, model):
                folder.mkdir()
            os.utime(tmp_path / f"{folder.name}.compiled.json", (int(driver), int(driver)))
            made.append(folder)
    cache.prune(made[-2])
    assert [cache.is_compiled(folder) for folder in made[::2]] == [False, False, True, True]
    assert all(cache.is_compiled(folder) for folder in made[1::2]), "another model's are not touched"
    with cache.compiling(made[5], "whisper-small.en"), cache.compiling(made[1], "whisper-small.en"):
        cache.prune(made[-1])
        assert cache.is_compiled(made[1]), "what is in use stays"
    assert not cache.is_compiled(made[3])
