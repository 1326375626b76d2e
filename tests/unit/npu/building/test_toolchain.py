import pytest

from starling.core.errors import StarlingError
from starling.npu.building import toolchain
from tests.helpers.toolchain import FakeToolchain


def test_found(tmp_path, monkeypatch):
    fake = FakeToolchain(tmp_path).use(monkeypatch)
    found = toolchain.find()
    assert found.aiecc == f"{fake.site}/mlir_aie/bin/aiecc"
    assert found.python == f"{tmp_path}/ironenv/bin/python"
    assert found.asks == "get"
    assert dict(found.versions) == {"mlir-aie": "1.4.2", "peano": "20.0", "compiler": "clang version 20.0 (fake)"}


def test_found_by_the_variables_of_env_setup(tmp_path, monkeypatch):
    fake = FakeToolchain(tmp_path).use(monkeypatch)
    monkeypatch.delenv("VIRTUAL_ENV")
    monkeypatch.setenv("MLIR_AIE_INSTALL_DIR", f"{fake.site}/mlir_aie")
    monkeypatch.setenv("PEANO_INSTALL_DIR", f"{fake.site}/llvm-aie")
    found = toolchain.find()
    assert found.python == f"{tmp_path}/ironenv/bin/python"
    assert dict(found.versions)["mlir-aie"] == "1.4.2"


@pytest.mark.parametrize(
    ("gone", "named"),
    [("mlir_aie/bin/aiecc", "mlir-aie"), ("llvm-aie/bin/clang++", "Peano"), ("", "xclbinutil")],
)
def test_what_is_missing_is_named_with_commands(tmp_path, monkeypatch, gone, named):
    fake = FakeToolchain(tmp_path).use(monkeypatch)
    monkeypatch.setenv("PATH", "")
    if gone:
        (fake.site / gone).unlink()
    else:
        (tmp_path / "xrt" / "xclbinutil").unlink()
    with pytest.raises(StarlingError) as caught:
        toolchain.find()
    assert caught.value.code == "npu.no_toolchain"
    assert named in caught.value.message
    assert ("pip install" in caught.value.fix) == bool(gone)


def test_nothing_there(tmp_path, monkeypatch):
    for name in ("VIRTUAL_ENV", "CONDA_PREFIX", "MLIR_AIE_INSTALL_DIR", "PEANO_INSTALL_DIR", "AIE_XCLBINUTIL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("STARLING_SYSROOT", str(tmp_path))
    with pytest.raises(StarlingError) as caught:
        toolchain.find()
    assert f"mlir_aie=={toolchain.PINNED}" in caught.value.fix
    assert "install-npu-stack.sh" in caught.value.fix


def test_another_series_is_refused(tmp_path, monkeypatch):
    FakeToolchain(tmp_path, version="1.3.4").use(monkeypatch)
    with pytest.raises(StarlingError) as caught:
        toolchain.find()
    assert caught.value.code == "npu.toolchain_version"
