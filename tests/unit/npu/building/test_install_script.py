"""``packaging/install-npu-stack.sh`` looks at faked systems and says what it would run."""

import shutil
import subprocess
from pathlib import Path

import pytest

from starling.npu.building import toolchain

SCRIPT = Path(__file__).resolve().parents[4] / "packaging" / "install-npu-stack.sh"
SYSTEMS = {
    "debian": ("debian", "13"),
    "ubuntu24": ("ubuntu", "24.04"),
    "ubuntu26": ("ubuntu", "26.04"),
    "fedora": ("fedora", "44"),
    "arch": ("arch", ""),
}
PACKAGES = {
    "debian": "apt-get install -y -t trixie-backports libxrt2 libxrt-npu2",
    "ubuntu26": "apt-get install -y libxrt2 libxrt-npu2",
    "fedora": "dnf install -y xrt",
    "arch": "pacman -S --needed --noconfirm xrt xrt-plugin-amdxdna",
}

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")


class Root:
    def __init__(self, folder, name, version):
        self.folder = folder
        self.file("etc/os-release", f'ID={name}\nVERSION_ID="{version}"\nPRETTY_NAME="{name} {version}"\n')
        self.file("etc/group", "root:x:0:\nrender:x:105:\n")
        self.file("proc/sys/kernel/osrelease", "6.17.0-5-generic\n")
        (folder / "run/systemd/system").mkdir(parents=True)

    def file(self, path, text=""):
        place = self.folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)

    def run(self, *arguments, user="ann"):
        given = ["--dry-run", "--root", self.folder, "--user", user, "--environment", "/opt/iron", *arguments]
        done = subprocess.run(
            ["bash", SCRIPT, *given],
            capture_output=True, text=True, timeout=30, check=False,
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    def complete(self):
        self.file("usr/lib/x86_64-linux-gnu/libxrt_driver_xdna.so.2")
        self.file("usr/bin/xclbinutil")
        self.file("etc/security/limits.d/99-amdxdna.conf", "* - memlock unlimited\n")
        self.file("etc/systemd/system/user@.service.d/99-amdxdna.conf", "[Service]\nLimitMEMLOCK=infinity\n")
        self.file("etc/group", "render:x:105:bob,ann\n")
        site = "opt/iron/lib/python3.13/site-packages"
        self.file(f"{site}/mlir_aie-{toolchain.PINNED}.dist-info/METADATA")
        self.file(f"{site}/llvm_aie-20.0.0.2026.dist-info/METADATA")


@pytest.fixture(params=SYSTEMS)
def named(request, tmp_path):
    return request.param, Root(tmp_path, *SYSTEMS[request.param])


def test_everything_that_is_missing(named):
    name, root = named
    before = sorted(root.folder.rglob("*"))
    code, told = root.run()
    assert code == 0, told
    assert PACKAGES.get(name, "RAI_1.8_Linux_NPU_XRT.zip") in told
    assert "99-amdxdna.conf" in told
    assert "LimitMEMLOCK=infinity" in told
    assert "usermod -aG render ann" in told
    assert "groupadd" not in told
    assert f"mlir_aie=={toolchain.PINNED}" in told
    assert "llvm-aie -f https://github.com/Xilinx/llvm-aie" in told
    assert "nothing was done: --dry-run" in told
    assert sorted(root.folder.rglob("*")) == before


def test_nothing_that_is_right_is_touched(named):
    root = named[1]
    root.complete()
    code, told = root.run()
    assert code == 0
    assert "run: " not in told
    assert "nothing had to be done" in told


@pytest.mark.parametrize(
    ("spoilt", "text", "wanted"),
    [
        ("etc/security/limits.d/99-amdxdna.conf", "* - memlock 8192\n", r"memlock\ unlimited"),
        ("etc/security/limits.d/99-amdxdna.conf", "# * - memlock unlimited\n", r"memlock\ unlimited"),
        ("etc/security/limits.d/99-amdxdna.conf", "* soft memlock unlimited\n", r"memlock\ unlimited"),
        ("etc/systemd/system/user@.service.d/99-amdxdna.conf", "[Service]\nLimitMEMLOCK=8388608x\n", "LimitMEMLOCK="),
        ("etc/group", "render:x:105:joann\n", "usermod -aG render ann"),
        ("etc/group", "video:x:44:ann\n", "groupadd -r render"),
    ],
)
def test_what_is_wrong_alone_is_mended(tmp_path, spoilt, text, wanted):
    root = Root(tmp_path, "debian", "13")
    root.complete()
    root.file(spoilt, text)
    code, told = root.run()
    assert code == 0
    assert wanted in told
    assert "apt-get" not in told


def test_other_limits_that_suffice_are_left(tmp_path):
    root = Root(tmp_path, "fedora", "44")
    root.complete()
    root.file("etc/security/limits.d/99-amdxdna.conf", "@render soft memlock 65536\n@render hard memlock unlimited\n")
    root.file("etc/systemd/system/user@.service.d/99-amdxdna.conf", "")
    root.file("etc/systemd/system.conf.d/mem.conf", "[Manager]\nDefaultLimitMEMLOCK=infinity\n")
    assert "nothing had to be done" in root.run()[1]


@pytest.mark.parametrize(
    ("name", "version", "reason"),
    [
        ("debian", "12", "upgrade to Debian 13"),
        ("ubuntu", "22.04", "24.04 and 26.04"),
        ("opensuse-tumbleweed", "2026", "not supported"),
        ("", "", "does not tell"),
    ],
)
def test_other_systems_are_refused_with_the_reason(tmp_path, name, version, reason):
    code, told = Root(tmp_path, name, version).run()
    assert code == 1
    assert reason in told
    assert "run: " not in told


def test_driver_is_looked_at(tmp_path):
    root = Root(tmp_path, "debian", "13")
    assert "amdxdna is not loaded" in root.run()[1]
    root.file("proc/sys/kernel/osrelease", "6.12.9-amd64\n")
    assert "too old" in root.run()[1]
    root.file("sys/module/amdxdna/x")
    root.file("dev/accel/accel0")
    assert "amdxdna is loaded (kernel" in root.run()[1]


def test_an_older_toolchain_is_replaced(tmp_path):
    root = Root(tmp_path, "arch", "")
    root.complete()
    shutil.rmtree(tmp_path / f"opt/iron/lib/python3.13/site-packages/mlir_aie-{toolchain.PINNED}.dist-info")
    assert f"mlir_aie=={toolchain.PINNED}" in root.run()[1]
    assert "pip" not in root.run("--no-toolchain")[1]


def test_usage():
    for arguments in (["--nonsense"], ["--user"], ["--user", "a;b", "--dry-run"]):
        done = subprocess.run(["bash", SCRIPT, *arguments], capture_output=True, text=True, timeout=30, check=False)
        assert done.returncode in (1, 2)
    done = subprocess.run(["bash", SCRIPT, "--root", "/tmp"], capture_output=True, text=True, timeout=30, check=False)
    assert "add --dry-run" in done.stderr


@pytest.mark.skipif(shutil.which("shellcheck") is None, reason="shellcheck is not installed")
def test_shellcheck():
    subprocess.run(["shellcheck", "-x", SCRIPT], check=True, timeout=60)
