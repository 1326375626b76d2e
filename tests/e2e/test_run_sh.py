"""run.sh on a checkout whose uv is a stand-in: what it makes, when it makes it again, what it passes on.

The whole set-up on a fresh machine is ``packaging/test-fresh-machine.sh``, run by the slow test at the end.
"""

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
SETUP = Path("packaging/setup")
NO_DISPLAY = 'starling: there is no display for the window: running "starling try" instead'

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="run.sh is for Linux")

UV = """#!/usr/bin/env bash
if [[ $1 == --version ]]; then echo "uv VERSION (stand-in)"; exit; fi
echo "$*" >>"$FAKE_LOG"
env | grep -E '^(UV_|VIRTUAL_ENV)' | sort >"$FAKE_LOG.env"
[[ -z ${FAKE_UV_FAILS:-} ]] || exit 1
[[ $* != *--no-install-project* ]] || { sleep 0.2; exit 0; }
mkdir -p "$UV_PROJECT_ENVIRONMENT/bin"
ln -sf "$FAKE_PYTHON" "$UV_PROJECT_ENVIRONMENT/bin/python"
printf '#!/bin/sh\\nprintf "%%s\\\\n" "$@"\\nexit ${FAKE_EXIT:-0}\\n' >"$UV_PROJECT_ENVIRONMENT/bin/starling"
chmod +x "$UV_PROJECT_ENVIRONMENT/bin/starling"
"""


class Checkout:
    """A copy of what run.sh needs, at a path with a space in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "my checkout"
        self.log = folder / "uv.log"
        self.env = {name: value for name, value in os.environ.items() if not name.startswith(("UV_", "STARLING_"))}
        self.env |= {"STARLING_NO_SYSTEM": "1", "HOME": str(folder / "home"), "FAKE_LOG": str(self.log)}
        self.env |= {"FAKE_PYTHON": sys.executable}
        for name in ("XDG_DATA_HOME", "DISPLAY", "WAYLAND_DISPLAY"):
            self.env.pop(name, None)
        (self.folder / SETUP).mkdir(parents=True)
        (self.folder / "app" / "starling").mkdir(parents=True)
        for name in [
            "run.sh",
            "pyproject.toml",
            "uv.lock",
            *(str(SETUP / p.name) for p in (REPOSITORY / SETUP).glob("*.sh")),
        ]:
            shutil.copy2(REPOSITORY / name, self.folder / name)
        self.put_uv(self.folder)

    def put_uv(self, base: Path) -> None:
        version = re.search(r"^UV_VERSION=(.*)$", (self.folder / SETUP / "environment.sh").read_text(), re.MULTILINE)
        assert version
        uv = base / ".venv-uv" / "bin" / "uv"
        uv.parent.mkdir(parents=True)
        uv.write_text(UV.replace("VERSION", version[1]))
        uv.chmod(0o755)

    def command(self, *arguments: str, program: str | Path = "", **env: str) -> dict[str, object]:
        return {
            "args": [str(program or self.folder / "run.sh"), *arguments],
            "env": self.env | env,
            "text": True,
            "stdout": subprocess.PIPE,
            "stderr": subprocess.PIPE,
        }

    def run(
        self, *arguments: str, program: str | Path = "", cwd: Path | None = None, **env: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(**self.command(*arguments, program=program, **env), cwd=cwd, timeout=60, check=False)  # type: ignore[call-overload,no-any-return]

    @property
    def syncs(self) -> list[str]:
        return self.log.read_text().splitlines() if self.log.exists() else []


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


def test_arguments_and_exit_status_are_passed_on(checkout: Checkout) -> None:
    done = checkout.run("say", "two words", "", "--json", "*", FAKE_EXIT="7")
    assert done.stdout == "say\ntwo words\n\n--json\n*\n"
    assert done.returncode == 7


def test_setting_up_says_so_on_stderr_only(checkout: Checkout) -> None:
    done = checkout.run("listen")
    assert done.stdout == "listen\n"
    assert "setting up Starling's environment in" in done.stderr


def test_packages_come_from_the_lock_file_and_as_wheels(checkout: Checkout) -> None:
    checkout.run(
        "x", UV_INDEX_URL="http://elsewhere", UV_EXTRA_INDEX_URL="http://e", UV_FIND_LINKS="/e", VIRTUAL_ENV="/e"
    )
    third_party, starling = checkout.syncs
    assert all(word in third_party for word in ("sync", "--locked", "--no-dev", "--no-build", "--no-install-project"))
    assert all(word in starling for word in ("sync", "--locked", "--no-dev"))
    environment = checkout.log.with_name("uv.log.env").read_text()
    assert "UV_NO_CONFIG=1" in environment
    assert not re.search("INDEX|FIND_LINKS|VIRTUAL_ENV", environment)


def test_the_second_start_does_nothing_but_start(checkout: Checkout) -> None:
    checkout.run("x")
    began = time.monotonic()
    done = checkout.run("listen", program=checkout.folder / "run.sh")
    assert time.monotonic() - began < 3
    assert (done.stdout, done.stderr, len(checkout.syncs)) == ("listen\n", "", 2)


@pytest.mark.parametrize("name", ["uv.lock", "pyproject.toml", "packaging/setup/system.sh"])
def test_a_changed_file_makes_it_anew(checkout: Checkout, name: str) -> None:
    checkout.run("x")
    with (checkout.folder / name).open("a") as file:
        file.write("\n# changed\n")
    checkout.run("x")
    assert len(checkout.syncs) == 4


def test_who_has_the_test_tools_keeps_them(checkout: Checkout) -> None:
    checkout.run("x")
    (checkout.folder / ".venv" / "bin" / "pytest").write_text("#!/bin/sh\n")
    (checkout.folder / ".venv" / "bin" / "pytest").chmod(0o755)
    (checkout.folder / "uv.lock").write_text("# changed\n")
    checkout.run("x")
    assert not any("--no-dev" in line for line in checkout.syncs[2:])


def test_a_moved_checkout_or_broken_python_makes_it_anew(checkout: Checkout, tmp_path: Path) -> None:
    checkout.run("x")
    checkout.folder = checkout.folder.rename(tmp_path / "moved")
    assert checkout.run("x").returncode == 0
    assert len(checkout.syncs) == 4
    python = checkout.folder / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to("/nowhere/python3")
    assert checkout.run("x").returncode == 0
    assert len(checkout.syncs) == 6


def test_an_interrupted_set_up_is_repaired(checkout: Checkout) -> None:
    done = checkout.run("x", FAKE_UV_FAILS="1")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        "starling: Starling's packages could not be installed (see above); "
        "check network and disk space and run this again."
    )
    half = checkout.folder / ".venv" / "lib" / "half a package"
    half.mkdir(parents=True)
    assert checkout.run("x").stdout == "x\n"
    assert not half.exists()
    assert not (checkout.folder / ".venv-unfinished").exists()


@pytest.mark.parametrize("how", ["absolute link", "relative", "other folder"])
def test_it_starts_from_anywhere(checkout: Checkout, tmp_path: Path, how: str) -> None:
    (tmp_path / "link").symlink_to(checkout.folder / "run.sh")
    program, cwd = {
        "absolute link": (tmp_path / "link", Path("/")),
        "relative": ("./run.sh", checkout.folder),
        "other folder": ("my checkout/run.sh", tmp_path),
    }[how]
    assert checkout.run("a b", program=program, cwd=cwd).stdout == "a b\n"
    assert (checkout.folder / ".venv" / "starling-stamp").exists()


def test_two_at_once_set_up_once(checkout: Checkout) -> None:
    if not shutil.which("flock"):
        pytest.skip("flock is not installed")
    running = [subprocess.Popen(**checkout.command("x")) for _ in range(2)]  # type: ignore[call-overload]
    assert [process.communicate(timeout=60)[0] for process in running] == ["x\n", "x\n"]
    assert len(checkout.syncs) == 2


def test_a_checkout_that_cannot_be_written(checkout: Checkout, tmp_path: Path) -> None:
    number = subprocess.run(["cksum"], input=f"{checkout.folder}\n", capture_output=True, text=True, check=True)
    base = tmp_path / "home/.local/share/starling" / f"checkout-{number.stdout.split()[0]}"
    checkout.put_uv(base)
    folder = str(checkout.folder)
    if os.geteuid() == 0:  # permissions do not stop root: a read-only mount of its own does
        if subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False).returncode:
            pytest.skip("no private mounts here")
        script = 'mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" && exec "$1/run.sh" a'
        done = subprocess.run(
            ["unshare", "--mount", "bash", "-c", script, "_", folder],
            env=checkout.env, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
    else:
        checkout.folder.chmod(0o555)
        done = checkout.run("a")
        checkout.folder.chmod(0o755)
    assert done.stdout == "a\n", done.stderr
    assert f"the environment goes to {base}/.venv." in done.stderr
    assert not (checkout.folder / ".venv").exists()


@pytest.mark.parametrize(
    ("display", "stdout", "stderr"),
    [
        ({}, "try\n", NO_DISPLAY),
        ({"DISPLAY": ":0"}, "\n", ""),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "\n", ""),
    ],
)
def test_without_arguments(checkout: Checkout, display: dict[str, str], stdout: str, stderr: str) -> None:
    checkout.run("x")
    done = checkout.run(FAKE_EXIT="0", **display)
    assert done.stdout == stdout
    assert done.stderr.startswith(stderr)
    assert len(done.stderr.splitlines()) == bool(stderr)


TOOLS = "bash cut paste sort sed uname env dirname cat true grep head tr".split()
ROW = "libnothing.so.9|sound|deb-name|rpm-name|arch-name"


def shell(tmp_path: Path, code: str, *managers: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run ``code`` after system.sh with stand-in package managers and nothing else that installs."""
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir()
    for tool in TOOLS:
        (bin_folder / tool).symlink_to(shutil.which(tool) or "/nowhere")
    for manager in managers:
        (bin_folder / manager).write_text(f'#!/bin/bash\necho {manager} "$@" >&2\nexit ${{FAKE_EXIT:-0}}\n')
        (bin_folder / manager).chmod(0o755)
    start = f"set -euo pipefail; source '{REPOSITORY / SETUP}/system.sh'; LIBRARIES='{ROW}'"
    script = f'{start}; as_root() {{ "$@"; }}; {code}'
    return subprocess.run(
        [str(bin_folder / "bash"), "-c", script],
        env={"PATH": str(bin_folder)} | env, capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("manager", "command"),
    [
        ("apt-get", "apt-get install -y --no-install-recommends deb-name"),
        ("dnf", "dnf install -y rpm-name"),
        ("pacman", "--needed --noconfirm arch-name"),
    ],
)
def test_missing_libraries_are_installed(tmp_path: Path, manager: str, command: str) -> None:
    done = shell(tmp_path, "ensure_libraries user", manager)
    assert "missing on this system: libnothing.so.9" in done.stderr
    assert command in done.stderr
    assert done.returncode == 0


def test_what_cannot_be_installed_is_told_with_the_command(tmp_path: Path) -> None:
    done = shell(tmp_path, "ensure_libraries user; echo on", "apt-get", FAKE_EXIT="100")
    assert "to do it yourself: sudo apt-get install -y --no-install-recommends deb-name" in done.stderr
    assert "going on without: sound" in done.stderr
    assert done.stdout == "on\n"


def test_no_package_manager_is_told(tmp_path: Path) -> None:
    done = shell(tmp_path, "ensure_libraries user")
    assert "install by your own means what provides libnothing.so.9" in done.stderr
    assert done.returncode == 0


def test_without_root_or_sudo_nothing_is_run(tmp_path: Path) -> None:
    code = f"source '{REPOSITORY / SETUP}/system.sh'; (as_root echo ran) || echo $?"
    prefix = [] if os.geteuid() else [shutil.which("setpriv") or "", "--reuid=65534", "--clear-groups"]
    if prefix and not prefix[0]:
        pytest.skip("setpriv is not installed")
    done = subprocess.run(
        [*prefix, "/bin/bash", "-c", code], env={"PATH": "/nowhere"}, capture_output=True, text=True, check=False
    )
    assert done.stdout == "126\n", done.stderr


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("\tlibnothing.so.9 (libc6,x86-64) => /usr/lib/libnothing.so.9", True),
        ("\tlibnothing.so.9 (libc6) => /usr/lib32/libnothing.so.9", False),
        ("\tlibnothing.so.90 (libc6,x86-64) => /usr/lib/libnothing.so.90", False),
        ("\tmylibnothing.so.9 (libc6,x86-64) => /usr/lib/mylibnothing.so.9", False),
        ("", False),
    ],
)
def test_the_linkers_cache_is_read_exactly(tmp_path: Path, line: str, found: bool) -> None:
    cache = f"2 libs found\n{line}\n\tlibz.so.1 (libc6,x86-64) => /usr/lib/libz.so.1"
    code = 'uname() { echo x86_64; }; has_library libnothing.so.9 "$CACHE" && echo yes || echo no'
    assert shell(tmp_path, code, CACHE=cache).stdout == ("yes\n" if found else "no\n")


def test_the_table_is_whole() -> None:
    text = (REPOSITORY / SETUP / "system.sh").read_text()
    rows = [
        row
        for table in re.findall(r"^(?:LIBRARIES|TEST_PROGRAMS)='\n(.*?)'", text, re.S | re.M)
        for row in table.splitlines()
    ]
    assert len(rows) > 15
    for row in rows:
        assert re.fullmatch(r"[\w./+-]+\|[\w ]+(\|[\w.+-]+){3}", row), row


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_fresh_machine() -> None:
    if os.geteuid() != 0 or not shutil.which("debootstrap"):
        pytest.skip("needs root and debootstrap")
    if subprocess.run(
        ["debootstrap", "--print-debs", "bookworm", "/tmp/starling-network-probe"], capture_output=True, check=False
    ).returncode:
        pytest.skip("needs a Debian mirror")
    done = subprocess.run(
        [REPOSITORY / "packaging/test-fresh-machine.sh", "", "--version"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    first, second = re.findall(r"fresh machine: .*: exit 0 after ([\d.]+) s", done.stdout)
    assert float(second) < 3 < float(first)
    assert done.stdout.count("starling 0.") == 2
