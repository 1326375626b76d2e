"""What makes Starling an application of the desktop: the .desktop file, the metainfo, the icon, the .deb."""

import configparser
import os
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from starling import __version__
from starling.ui.shell.identity import APP_ID, NAME, ORGANISATION

REPOSITORY = Path(__file__).resolve().parents[2]
DESKTOP = REPOSITORY / "packaging" / "linux" / f"{APP_ID}.desktop"
METAINFO = REPOSITORY / "packaging" / "linux" / f"{APP_ID}.metainfo.xml"


def run(program: str, *words: str | Path, timeout: float = 60) -> subprocess.CompletedProcess[str]:
    if not shutil.which(program):
        pytest.skip(f"{program} is not installed")
    return subprocess.run([program, *words], capture_output=True, text=True, timeout=timeout, check=False)


def test_the_desktop_file_is_valid():
    done = run("desktop-file-validate", DESKTOP)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_metainfo_is_valid():
    done = run("appstreamcli", "validate", "--no-net", METAINFO)
    assert done.returncode == 0, done.stdout
    assert not re.search(r"^[EW]:", done.stdout, re.MULTILINE), done.stdout


def test_all_carry_the_names_of_the_application():
    entry = configparser.ConfigParser(interpolation=None)
    entry.read(DESKTOP)
    desktop = entry["Desktop Entry"]
    component = ET.parse(METAINFO).getroot()
    assert desktop["Name"] == component.findtext("name") == NAME
    assert desktop["Icon"] == component.findtext("icon") == component.findtext("id") == APP_ID
    assert desktop["StartupWMClass"] == ORGANISATION  # of X; Wayland knows the file by its name
    assert component.findtext("launchable") == DESKTOP.name
    assert desktop["Exec"] == component.findtext("provides/binary") == "starling"
    assert {release.get("version") for release in component.iter("release")} == {__version__}
    assert (REPOSITORY / "resources" / "icons" / "starling.svg").is_file()


def installed(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def install(*words: str | Path, **env: str) -> None:
    script = REPOSITORY / "packaging" / "linux" / "install.sh"
    subprocess.run([script, *words], env=os.environ | env, check=True, capture_output=True, timeout=60)


@pytest.mark.parametrize("program", ['/opt/my $HOME/50% "run"\\.sh', "starling"])
def test_it_goes_into_the_menu_and_out_of_it(tmp_path, program):
    share = tmp_path / "a share"
    install(share, PROGRAM=program)
    assert installed(share) == [
        f"applications/{APP_ID}.desktop",
        f"icons/hicolor/scalable/apps/{APP_ID}.svg",
        f"metainfo/{APP_ID}.metainfo.xml",
    ]
    done = run("desktop-file-validate", share / "applications" / f"{APP_ID}.desktop")
    assert (done.returncode, done.stdout) == (0, "")
    install("--remove", share)
    assert installed(share) == []


def test_the_menu_starts_the_checkout(tmp_path):
    install(XDG_DATA_HOME=str(tmp_path))
    text = (tmp_path / "applications" / f"{APP_ID}.desktop").read_text()
    assert f'Exec="{REPOSITORY / "run.sh"}"\n' in text


def test_the_notices_name_the_licence_of_the_bundle():
    text = (REPOSITORY / "packaging" / "deb" / "copyright").read_text()
    assert text.count("License: GPL-3.0-or-later") == 2
    assert "espeak-ng" in text


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_the_deb_is_built_installed_run_and_removed(tmp_path):
    if os.geteuid() != 0 or not shutil.which("debootstrap") or not shutil.which("dpkg-deb"):
        pytest.skip("needs root, debootstrap and dpkg")
    probe = run("debootstrap", "--print-debs", "bookworm", tmp_path / "probe", timeout=300)
    if probe.returncode:
        pytest.skip("needs a Debian mirror")
    built = run(str(REPOSITORY / "packaging/deb/build.sh"), tmp_path, timeout=900)
    assert built.returncode == 0, built.stderr[-4000:]
    package = Path(built.stdout.strip())
    assert package.name.startswith(f"starling_{__version__}_")
    done = run(str(REPOSITORY / "packaging/deb/test-in-container.sh"), package, timeout=900)
    told = dict(line.removeprefix("container: ").split(": ", 1) for line in done.stdout.splitlines())
    assert done.returncode == 0, done.stdout + done.stderr[-4000:]
    assert told["version"] == f"starling {__version__}"
    assert told["doctor misses"] == "[]"
    assert told["try"] == "What is twenty three times seven? -> 23 times 7 is 161."
    assert told["no display"].endswith("[ui.no_display]")
    assert '"first_paint_at"' in told["window"]
    assert told["changed by running"] == told["left behind"] == "nothing"
