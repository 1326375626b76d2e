"""The lock file installs wheels only, from the public index only, on every Python that is supported."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
LOCK = tomllib.loads((REPOSITORY / "uv.lock").read_text("utf-8"))
SUPPORTED = (11, 12, 13)


def minors(package: dict[str, Any]) -> set[int]:
    """The supported Python 3.x for which this entry of the lock file is meant."""
    markers = package.get("resolution-markers")
    if markers is None:
        return set(SUPPORTED)
    return {minor for minor in SUPPORTED if any(holds(marker, minor) for marker in markers)}


def holds(marker: str, minor: int) -> bool:
    wanted = re.findall(r"python_full_version (==|>=|<|!=) '3\.(\d+)", marker)
    tests = {"==": int.__eq__, ">=": int.__ge__, "<": int.__lt__, "!=": int.__ne__}
    return all(tests[sign](minor, int(number)) for sign, number in wanted)


def fits(wheel: str, minor: int, platform: str) -> bool:
    python, abi, platforms = wheel.removesuffix(".whl").split("-")[-3:]
    oldest = [int(number) for number in re.findall(r"cp3(\d+)", python)]
    right_python = "py3" in python or minor in oldest or ("abi3" in abi and min(oldest, default=99) <= minor)
    right_abi = abi == "none" or "abi3" in abi or abi == f"cp3{minor}"
    return right_python and right_abi and (platforms == "any" or bool(re.search(platform, platforms)))


def needed(foreign: str) -> set[str]:
    """Names of the packages that are installed where ``sys_platform`` is not ``foreign``."""
    found, waiting = set(), ["starling"]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        for package in (package for package in LOCK["package"] if package["name"] == name):
            groups = (package.get("dependencies", []), *package.get("dev-dependencies", {}).values())
            wanted = [each for group in groups for each in group]
            waiting += [w["name"] for w in wanted if f"sys_platform == '{foreign}'" not in w.get("marker", "")]
    return found


@pytest.mark.parametrize("minor", SUPPORTED)
@pytest.mark.parametrize(("platform", "foreign"), [("manylinux.*x86_64", "win32"), ("win_amd64", "linux")])
def test_wheels_only(minor: int, platform: str, foreign: str) -> None:
    there = needed(foreign)
    lacking = [
        f"{package['name']} {package['version']}"
        for package in LOCK["package"]
        if package["source"] != {"editable": "."} and minor in minors(package) and package["name"] in there
        if not any(fits(wheel["url"].rpartition("/")[2], minor, platform) for wheel in package.get("wheels", []))
    ]
    assert lacking == []


def test_the_public_index_only() -> None:
    sources = {str(package["source"]) for package in LOCK["package"]} - {str({"editable": "."})}
    assert sources == {str({"registry": "https://pypi.org/simple"})}


def test_scripts_and_project_agree_on_python() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["requires-python"] == f">=3.{SUPPORTED[0]},<3.{SUPPORTED[-1] + 1}"
    script = (REPOSITORY / "packaging/setup/environment.sh").read_text("utf-8")
    assert f"OLDEST_PYTHON={SUPPORTED[0]} " in script
    assert f"NEWEST_PYTHON={SUPPORTED[-1]} " in script
