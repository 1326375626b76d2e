import configparser
import os

import pytest

from starling.core.engine_api import EngineSpec, Rung
from starling.core.errors import StarlingError
from starling.npu.monitor import xrt_ini
from starling.pipeline import xrt_log

DOCUMENTED = {"Runtime": {"runtime_log", "verbosity"}}
"""Of what XRT's xrt_ini.rst lists, what Starling uses."""


def spec(provider, **config):
    return EngineSpec(f"advanced:{provider}", "advanced", "starter", "a:b", config, env={"A": "1"}, provider=provider)


def test_only_documented_keys(tmp_path):
    path = xrt_ini.write(tmp_path)
    parsed = configparser.ConfigParser()
    parsed.optionxform = str
    parsed.read(path)
    assert {section: set(parsed[section]) for section in parsed.sections()} == DOCUMENTED
    assert parsed["Runtime"]["runtime_log"] == str(tmp_path / "xrt" / "xrt.log")
    assert int(parsed["Runtime"]["verbosity"]) in range(8)
    assert xrt_ini.write(tmp_path) == path
    assert [each.name for each in path.parent.iterdir()] == ["xrt.ini"]


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(StarlingError) as failed:
        xrt_ini.write(tmp_path)
    tmp_path.chmod(0o700)
    assert failed.value.code == "npu.xrt_ini"


@pytest.mark.parametrize("name", ["line\nbreak", "tab\t"])
def test_a_folder_that_no_ini_can_name(tmp_path, name):
    with pytest.raises(StarlingError) as failed:
        xrt_ini.write(tmp_path / name)
    assert failed.value.code == "npu.xrt_ini"


def test_only_engines_that_use_xrt_get_it(tmp_path, monkeypatch):
    monkeypatch.setenv("STARLING_HOME", str(tmp_path))
    python = {"interpreter": "/usr/bin/python3.12", "env": {"B": "2"}}
    rungs = [Rung(spec("xrt", python=python)), Rung(spec("server")), Rung(spec(""))]
    first, *others = xrt_log.logged(rungs)
    path = str(tmp_path / "cache" / "xrt" / "xrt.ini")
    assert first.spec.env == {"A": "1", "XRT_INI_PATH": path}
    assert first.spec.config["python"]["env"] == {"B": "2", "XRT_INI_PATH": path}
    assert others == rungs[1:]
    assert not {"XRT_DEBUG", "XRT_VERBOSE"} & {*first.spec.env, *first.spec.config["python"]["env"]}


def test_without_xrt_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.setenv("STARLING_HOME", str(tmp_path))
    rungs = [Rung(spec("server")), Rung(spec(""))]
    assert xrt_log.logged(rungs) == rungs
    assert list(tmp_path.iterdir()) == []


def test_a_log_that_cannot_be_had_stops_nobody(tmp_path, monkeypatch):
    monkeypatch.setenv("STARLING_HOME", str(tmp_path))
    (tmp_path / "cache").write_text("a file in its place")
    best, other = xrt_log.logged([Rung(spec("xrt"), "because"), Rung(spec(""))])
    assert best.spec == spec("xrt")
    assert best.why_not_better.startswith("because XRT's log cannot be set up")
    assert other == Rung(spec(""))
