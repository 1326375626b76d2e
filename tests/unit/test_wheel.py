"""What is installed is what stands here: the wheel's contents, and that it finds them."""

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from starling import locate

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGE = REPOSITORY / "app" / "starling"


def python(*arguments: str | Path, cwd: Path, **env: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments], cwd=cwd, env=os.environ | env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def build(kind: str, source: Path, target: Path) -> Path:
    """Build with the hatchling of the tests: no network."""
    target.mkdir(exist_ok=True)
    python("-m", "hatchling", "build", "-t", kind, "-d", target, cwd=source)
    (built,) = target.glob("*.whl" if kind == "wheel" else "*.tar.gz")
    return built


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("sdist", REPOSITORY, tmp_path_factory.mktemp("sdist"))


@pytest.fixture(scope="module")
def wheel(sdist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from the source distribution, as an installer would."""
    folder = tmp_path_factory.mktemp("wheel")
    with tarfile.open(sdist) as archive:
        # Python 3.11.2, Debian 12's, has no filters yet; 3.14 asks for one.
        archive.extractall(folder, **({"filter": "data"} if hasattr(tarfile, "data_filter") else {}))
    (source,) = folder.iterdir()
    return build("wheel", source, folder / "dist")


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    return set(zipfile.ZipFile(wheel).namelist())


def tracked(folder: str) -> set[str]:
    listed = subprocess.run(["git", "ls-files", folder], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    if listed.returncode or not listed.stdout:
        pytest.skip("not a git checkout")
    return {name for name in listed.stdout.splitlines() if (REPOSITORY / name).exists()}


@pytest.mark.parametrize("folder", ["resources", "kernels"])
def test_it_carries_resources_and_kernels(names: set[str], folder: str) -> None:
    assert {f"starling/_data/{name}" for name in tracked(folder)} <= names


def test_it_carries_every_module(names: set[str]) -> None:
    assert {name.removeprefix("app/") for name in tracked("app/starling")} <= names


def test_it_carries_nothing_else(names: set[str]) -> None:
    assert {name.split("/")[0].split("-")[0] for name in names} == {"starling"}
    assert not [name for name in names if "__pycache__" in name or "/tests/" in name]


def test_it_carries_its_licences(names: set[str]) -> None:
    assert {name.rpartition("/")[2] for name in names if "/licenses/" in name} == {"LICENSE", "NOTICE"}


def test_installed_it_finds_its_own_data(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(site)
    code = "from starling import locate; print(locate.shipped('resources', 'starter'), locate.__file__)"
    data, module = python("-c", code, cwd=tmp_path, PYTHONPATH=str(site)).split()
    assert Path(module) == site / "starling" / "locate.py"
    assert Path(data) == site / "starling" / "_data" / "resources" / "starter"
    assert (Path(data) / "model.bin").is_file()


def test_a_checkout_uses_what_stands_beside_it() -> None:
    assert not (PACKAGE / "_data").exists()
    assert locate.shipped("resources") == REPOSITORY / "resources"
    assert locate.shipped("kernels", "README.md").is_file()


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_it_installs_into_an_empty_environment(wheel: Path, tmp_path: Path) -> None:
    python("-m", "venv", tmp_path / "env", cwd=tmp_path)
    scripts = tmp_path / "env" / ("Scripts" if os.name == "nt" else "bin")
    installed = subprocess.run(
        [scripts / "python", "-m", "pip", "install", "--quiet", "--only-binary=:all:", wheel],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if "onnection" in installed.stderr:
        pytest.skip("needs a package index")
    assert installed.returncode == 0, installed.stderr
    for arguments in (["--version"], ["doctor", "--json"]):
        done = subprocess.run(
            [scripts / "starling", *arguments], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout
