import pytest

from starling.npu.detect import detect


def pci(root, name, **files):
    folder = root / "sys/bus/pci/devices" / name
    folder.mkdir(parents=True)
    for file, text in files.items():
        (folder / file).write_text(text + "\n")
    return folder


@pytest.mark.parametrize(
    ("device", "revision", "product", "generation"),
    [
        ("0x1502", "0x00", "Phoenix or Hawk Point", "XDNA1"),
        ("0x17f0", "0x10", "Strix Point or Gorgon Point", "XDNA2"),
        ("0x17f0", "0x11", "Strix Halo", "XDNA2"),
        ("0x17f0", "0x20", "Krackan", "XDNA2"),
        ("0x17f0", "0x33", "unknown product (device 17f0, revision 51)", "XDNA2"),
    ],
)
def test_products(tmp_path, device, revision, product, generation):
    folder = pci(tmp_path, "0000:c6:00.1", vendor="0x1022", device=device, revision=revision, fw_version="1.1.2.65")
    (tmp_path / "amdxdna").mkdir()
    (folder / "driver").symlink_to(tmp_path / "amdxdna")
    npu = detect(tmp_path)
    assert (npu.present, npu.usable, npu.driver) == (True, False, "amdxdna")
    assert (npu.product, npu.generation, npu.firmware) == (product, generation, "1.1.2.65")
    assert npu.fixes == []


def test_the_sensor_hub_of_the_same_class_is_no_npu(tmp_path):
    pci(tmp_path, "0000:c6:00.7", vendor="0x1022", device="0x164a")
    assert not detect(tmp_path).present


def test_without_its_driver_the_fix_is_said(tmp_path):
    pci(tmp_path, "0000:c6:00.1", vendor="0x1022", device="0x1502", revision="0x00")
    npu = detect(tmp_path)
    assert npu.present
    assert npu.driver == ""
    assert "amdxdna" in npu.fixes[0]


@pytest.mark.parametrize("text", ["", "garbage", "0x"])
def test_unreadable_ids_are_no_npu(tmp_path, text):
    pci(tmp_path, "0000:c6:00.1", vendor=text, device=text)
    assert not detect(tmp_path).present


def test_the_environment_moves_the_root(tmp_path, monkeypatch):
    pci(tmp_path, "0000:c6:00.1", vendor="0x1022", device="0x1502", revision="0x00")
    monkeypatch.setenv("STARLING_SYSROOT", str(tmp_path))
    assert detect().present
