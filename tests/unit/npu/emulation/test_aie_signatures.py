"""Cores use nothing of the AIE API that the table does not name, and the shim offers just the table."""

import re
import tomllib
from pathlib import Path

import pytest

from starling import locate
from starling.npu.emulation import cores

EMULATION = Path(cores.__file__).parent
TABLE = tomllib.loads((EMULATION / "aie_signatures.toml").read_text("utf-8"))
NAMES = {entry["name"] for entry in TABLE["name"]}
MEMBERS = {entry["name"].rpartition(".")[2] for entry in TABLE["member"]}
INTRINSICS = {entry["name"] for entry in TABLE["intrinsic"]}
# Types and constants of the API's classes that are no functions of theirs.
CONSTANTS = {"size_A", "size_B", "size_C", "M", "K", "N", "value_type", "accum_type"}
# What a core may use besides: the language, and its own names.
HEADERS = {"aie_api/aie.hpp", "stdint.h", "cstdint", "type_traits"}


def code(path: Path) -> str:
    """Without comments and strings."""
    text = re.sub(r"//[^\n]*|/\*.*?\*/", "", path.read_text("utf-8"), flags=re.S)
    return re.sub(r'(?<!#include )"(?:[^"\\\n]|\\.)*"', '""', text)


def sources(folder: Path) -> list[Path]:
    return sorted(path for suffix in ("cc", "h") for path in folder.rglob(f"*.{suffix}"))


SOURCES = sources(locate.shipped("kernels"))
HEADERS_OF_SHIM = sorted((EMULATION / "shim").rglob("*.hpp"))
SHIM = "\n".join(code(path) for path in HEADERS_OF_SHIM)


def outside(text: str) -> set[str]:
    """What a core uses and the table has not."""
    used = {f"aie::{name}" for name in re.findall(r"\baie::(\w+(?:::\w+)?)", text)}
    unknown = used - NAMES
    unknown |= {f".{name}" for name in re.findall(r"\.\s*(?:template\s+)?(\w+)\s*(?:<[^<>]*>)?\(", text)} - {
        f".{name}" for name in MEMBERS
    }
    unknown |= set(re.findall(r"\busing\s+namespace\s+(?:::)?aie\b|\bnamespace\s+\w+\s*=\s*aie\b|\bchess_\w+", text))
    unknown |= (
        set(re.findall(r"\b(?:event\d|acc\d+|caccfloat|get_\w+_id|set_rnd|set_satmode)\b", text))
        - INTRINSICS
        - {
            "acc32",
            "acc64",
        }
    )
    return unknown | {f"shim name {name}" for name in re.findall(r"\bshim::\w+|\bstarling_\w+|\.lanes\b", text)}


def test_there_are_cores():
    assert SOURCES


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_cores_stay_inside_the_table(path):
    assert outside(code(path)) == set()
    included = set(re.findall(r'#include\s+[<"]([^>"]+)[>"]', path.read_text("utf-8")))
    assert {name for name in included if not (path.parent / name).is_file()} <= HEADERS


@pytest.mark.parametrize(
    "line",
    [
        "aie::sliding_mul<8>(a, b);",
        "aie::rounding_mode::ceil",
        "v.push(1);",
        "acc.template to_native<float>();",
        "using namespace aie;",
        "aie::shim::narrow<16>(v)",
        "v.lanes[3]",
        "chess_prepare_for_pipelining",
        "event2();",
        "::aie::fft_dit",
    ],
)
def test_what_is_outside_is_found(line):
    assert outside(line)


@pytest.mark.parametrize(
    "line", ["aie::add(a, b)", "v.template extract<4>(0)", "x = 1.0f;", "event0();", "std::min(a, b)"]
)
def test_what_is_inside_is_not(line):
    assert outside(line) == set()


@pytest.mark.parametrize("name", sorted(NAMES))
def test_the_shim_has_every_name(name):
    *scopes, last = name.split("::")[1:]
    made = rf"STARLING_\w+\({last},"  # by a macro
    if scopes:
        body = re.search(rf"enum class {scopes[0]}\b[^{{]*{{([^}}]*)}}", SHIM)
        assert body
        assert re.search(rf"\b{last}\b", body[1])
    else:
        assert re.search(rf"\b{last}\s*\(|\bclass {last}\b|{made}|\b{last} =", SHIM), name


def test_the_shim_has_every_member_and_intrinsic():
    for name in MEMBERS | INTRINSICS:
        assert re.search(rf"\b{name}\s*\(", SHIM), name


def test_the_shim_has_nothing_else():
    """A name that the API has not would compile here and nowhere else."""
    # The shim's own things stand in namespace shim, up to its closing comment.
    whole = "\n".join(path.read_text("utf-8") for path in HEADERS_OF_SHIM)
    api = re.sub(r"namespace shim \{.*?\} // namespace shim", "", whole, flags=re.S)
    offered = set(re.findall(r"^(?:template[^\n]*>\s*)?(?:constexpr |inline )+[\w:<>, *()+.]*?\b(\w+)\(", api, re.M))
    offered |= set(re.findall(r"^STARLING_\w+\((\w+),", api, re.M))
    assert {f"aie::{name}" for name in offered} - NAMES == set()
    assert {"aie::load_v", "aie::mul", "aie::lt", "aie::transpose"} <= {f"aie::{name}" for name in offered}


def test_every_entry_says_where_it_is_from():
    assert re.fullmatch(r"[0-9a-f]{40}", TABLE["source"]["commit"])
    for entry in TABLE["name"] + TABLE["member"]:
        assert entry["file"].endswith(".hpp")
        assert entry["line"] > 0
        assert entry["signature"]
    assert all(re.search(r"@[0-9a-f]{40}$", entry["source"]) for entry in TABLE["intrinsic"])


def test_the_matrix_shapes_are_those_of_the_table():
    declared = set()
    arch = (20, 21)
    for line in SHIM.splitlines():
        if line.startswith("#if"):
            arch = (21,)
        elif line.startswith("#endif"):
            arch = (20, 21)
        if found := re.search(r"has_mmul<(\d), (\d), (\d), (\w+), \w+> = true", line):
            declared.add((arch, tuple(map(int, found.groups()[:3])), found[4]))
    assert declared == {(tuple(entry["arch"]), tuple(entry["shape"]), entry["element"]) for entry in TABLE["mmul"]}
