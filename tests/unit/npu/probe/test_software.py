"""XRT in every layout, and the other environments and programs."""

import pytest

from starling.npu.probe import files, interpreters, servers, software, xrt
from starling.npu.probe.notes import Notes
from starling.npu.sysroot import Sysroot
from tests.helpers.machine_tools import flm, says, script


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch):
    for name in ("XILINX_XRT", "RYZEN_AI_INSTALLATION_PATH", "MLIR_AIE_INSTALL_DIR", "PEANO_INSTALL_DIR", "VIRTUAL_ENV",
                 "CONDA_PREFIX"):  # fmt: skip
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", "/usr/local/bin:/usr/bin:relative/bin")


def put(root, path, content=b""):
    place = root / path.lstrip("/")
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)


def home(root):
    return root / files.home().lstrip("/")


def test_amds_own_folder(tmp_path):
    put(tmp_path, "/opt/xilinx/xrt/version.json", b'{"BUILD_VERSION": "2.25.37"}')
    put(tmp_path, "/opt/xilinx/xrt/setup.sh")
    put(tmp_path, "/opt/xilinx/xrt/python/pyxrt.cpython-312-x86_64-linux-gnu.so")
    script(tmp_path / "opt/xilinx/xrt/bin/xrt-smi", "")
    found = xrt.find(Sysroot(tmp_path), Notes())
    assert found is not None
    assert (found.version, found.root, found.setup) == ("2.25.37", "/opt/xilinx/xrt", "/opt/xilinx/xrt/setup.sh")
    assert found.smi == "/opt/xilinx/xrt/bin/xrt-smi"
    assert [(module.cpython, module.interpreter) for module in found.pyxrt] == [("3.12", "")]


def test_debians_packages(tmp_path):
    put(tmp_path, "/usr/lib/x86_64-linux-gnu/libxrt_coreutil.so.2.21.75")
    put(tmp_path, "/usr/lib/x86_64-linux-gnu/libxrt_driver_xdna.so.2.21.75")
    put(tmp_path, "/usr/lib/python3/dist-packages/pyxrt.cpython-313-x86_64-linux-gnu.so")
    script(tmp_path / "usr/bin/xrt-smi", "")
    script(tmp_path / "usr/bin/python3.13", "")
    notes = Notes()
    found = xrt.find(Sysroot(tmp_path), notes)
    assert found is not None
    assert (found.version, found.root, found.setup, found.smi) == ("2.21.75", "/usr", "", "/usr/bin/xrt-smi")
    assert [(module.cpython, module.interpreter) for module in found.pyxrt] == [("3.13", "/usr/bin/python3.13")]
    assert notes.value("xrt plugin") == "libxrt_driver_xdna.so.2.21.75"


def test_archs_packages(tmp_path):
    (tmp_path / "var/lib/pacman/local/xrt-2.21.75-3").mkdir(parents=True)
    (tmp_path / "var/lib/pacman/local/xrt-plugin-amdxdna-2.21-1").mkdir(parents=True)
    put(tmp_path, "/usr/lib/python3.14/site-packages/pyxrt.cpython-314-x86_64-linux-gnu.so")
    found = xrt.find(Sysroot(tmp_path), Notes())
    assert found is not None
    assert (found.version, found.root, found.smi, found.pyxrt[0].cpython) == ("2.21.75", "/usr", "", "3.14")


def test_the_variable_comes_first_and_nothing_is_nothing(tmp_path, monkeypatch):
    put(tmp_path, "/opt/xilinx/xrt/version.json", b'{"BUILD_VERSION": "2.20.0"}')
    put(tmp_path, "/srv/xrt/version.json", b'{"BUILD_VERSION": "2.23.0"}')
    monkeypatch.setenv("XILINX_XRT", "/srv/xrt/")
    found = xrt.find(Sysroot(tmp_path), Notes())
    assert found is not None
    assert (found.version, found.root) == ("2.23.0", "/srv/xrt")
    assert xrt.find(Sysroot(tmp_path / "srv"), Notes()) is None


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b'{"BUILD_VERSION": 7}', b"\xff\xfe", b'{"BUILD_VERSION": ""}'])
def test_a_broken_version_is_an_unknown_one(tmp_path, text):
    put(tmp_path, "/opt/xilinx/xrt/version.json", text)
    script(tmp_path / "opt/xilinx/xrt/bin/xrt-smi", "")
    found = xrt.find(Sysroot(tmp_path), Notes())
    assert found is not None
    assert found.version == ""


@pytest.mark.parametrize(
    ("name", "content", "version"),
    [
        ("pyxrt.cpython-310-x86_64-linux-gnu.so", b"", "3.10"),
        ("pyxrt.cp313-win_amd64.pyd", b"", "3.13"),
        ("pyxrt.so", b"\x7fELF\x003.12\x00Python version mismatch\x00", "3.12"),
        ("pyxrt.so", b"\x7fELF\x003.12\x003.13\x00", ""),
        ("pyxrt.so", b"\x7fELF", ""),
        ("pyxrt.abi3.so", b"", ""),
    ],
)
def test_which_python_a_module_fits(tmp_path, name, content, version):
    put(tmp_path, f"/opt/{name}", content)
    assert xrt.pyxrt(Sysroot(tmp_path), f"/opt/{name}").cpython == version


def test_interpreters_are_found_in_their_places(tmp_path):
    root = Sysroot(tmp_path)
    assert interpreters.find(root, "3.12") == ""
    script(home(tmp_path) / ".pyenv/versions/3.12.4/bin/python3.12", "")
    assert interpreters.find(root, "3.12").endswith(".pyenv/versions/3.12.4/bin/python3.12")
    put(tmp_path, "/usr/bin/python3.12")  # not executable
    assert "pyenv" in interpreters.find(root, "3.12")
    script(tmp_path / "usr/local/bin/python3.12", "")
    assert interpreters.find(root, "3.12") == "/usr/local/bin/python3.12"
    for text in ("", "3", "2.7", "3.12.1", "../3", "3.1234"):
        assert interpreters.find(root, text) == ""


def test_our_own_interpreter_is_one_on_the_real_root():
    import sys

    assert interpreters.find(Sysroot(), interpreters.own_version()) == sys.executable


def test_amds_environment(tmp_path, monkeypatch):
    venv = home(tmp_path) / "ryzen_ai-1.8.0" / "venv"
    script(venv / "bin/python", "")
    site = venv / "lib/python3.12/site-packages"
    (site / "onnxruntime_vitisai-1.23.0.dist-info").mkdir(parents=True)
    (site / "onnxruntime/capi").mkdir(parents=True)
    (site / software.PROVIDER_LIBRARY).touch()
    found = software.vitisai(Sysroot(tmp_path), Notes())
    assert found is not None
    place = f"{files.home()}/ryzen_ai-1.8.0/venv"
    assert (found.path, found.version, found.interpreter) == (place, "1.8.0", f"{place}/bin/python")
    assert dict(found.detail)["onnxruntime-vitisai"] == "1.23.0"
    notes = Notes()
    monkeypatch.setenv("RYZEN_AI_INSTALLATION_PATH", place)
    by_variable = software.vitisai(Sysroot(tmp_path), notes)
    assert by_variable is not None
    assert (by_variable.path, by_variable.version) == (place, "1.23.0")
    assert "RYZEN_AI_INSTALLATION_PATH" in notes.findings[0].evidence


def test_an_environment_without_the_provider_is_none(tmp_path):
    script(home(tmp_path) / "ryzen_ai-1.8.0/bin/python", "")
    assert software.vitisai(Sysroot(tmp_path), Notes()) is None


def test_mlir_aie_and_peano(tmp_path, monkeypatch):
    root = Sysroot(tmp_path)
    assert software.mlir_aie(root, Notes()) is None
    site = home(tmp_path) / "mlir-aie/ironenv/lib/python3.12/site-packages"
    (site / "mlir_aie-1.4.2.dist-info").mkdir(parents=True)
    (site / "llvm_aie-20.0.0.2026010101.dist-info").mkdir()
    script(home(tmp_path) / "mlir-aie/ironenv/bin/python", "")
    found, compiler = software.mlir_aie(root, Notes()), software.peano(root, Notes())
    assert found is not None
    assert compiler is not None
    assert (found.version, compiler.version) == ("1.4.2", "20.0.0.2026010101")
    assert found.interpreter.endswith("ironenv/bin/python")
    monkeypatch.setenv("PEANO_INSTALL_DIR", "/opt/peano")
    (tmp_path / "opt/peano").mkdir(parents=True)
    assert (software.peano(root, Notes()) or found).path == "/opt/peano"


def test_fastflowlm(tmp_path):
    root, notes = Sysroot(tmp_path), Notes()
    assert servers.flm(root, notes, run=True) is None
    flm(tmp_path / "usr/bin/flm")
    found = servers.flm(root, notes, run=True)
    assert found is not None
    assert (found.version, dict(found.detail)["ready"], dict(found.detail)["firmware"]) == (
        "0.9.40",
        "true",
        "1.1.2.65",
    )
    assert notes.faults == []
    assert servers.flm(root, Notes(), run=False).version == ""


@pytest.mark.parametrize("fault", ["hangs", "garbage"])
def test_a_broken_fastflowlm(tmp_path, fault, monkeypatch):
    monkeypatch.setattr(servers, "TIMEOUT_S", 0.3)
    flm(tmp_path / "usr/bin/flm", fault)
    notes = Notes()
    found = servers.flm(Sysroot(tmp_path), notes, run=True)
    assert found is not None
    assert (found.version, found.detail) == ("", ())
    assert notes.value("flm") == ("no answer in 0.3 s" if fault == "hangs" else "its answer was not understood")


@pytest.mark.parametrize(
    ("text", "version"),
    [("lemonade-server 10.5.1", "10.5.1"), ("v8.1", "8.1"), ("", ""), ("no version", "")],
)
def test_lemonade(tmp_path, text, version):
    script(tmp_path / "usr/local/bin/lemonade-server", says(text))
    found = servers.lemonade(Sysroot(tmp_path), Notes(), run=True)
    assert found is not None
    assert (found.path, found.version) == ("/usr/local/bin/lemonade-server", version)
