"""Builds the kernels of one model for one device: compile, emit, link, one xclbin, instruction files, manifest."""

from __future__ import annotations

import importlib
import json
import os
import shutil
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from starling.core.errors import StarlingError
from starling.npu.building import cache, running
from starling.npu.building.cache import Built
from starling.npu.building.jobs import Image, Stream, images, plans
from starling.npu.building.toolchain import Toolchain
from starling.npu.emulation.iron.package import installed
from starling.npu.planning.limits import DeviceLimits
from starling.npu.planning.shapes import ModelShape
from starling.npu.sysroot import Sysroot

KEPT_VARIABLES = ("HOME", "TMPDIR", "LD_LIBRARY_PATH", "SYSTEMROOT")
_EXECUTABLE = 4
"""SHF_EXECINSTR of a section."""

OnStep = Callable[[int, int, str], None]
"""Number of the step, how many there are, and what it does."""


@dataclass(frozen=True)
class Result:
    """What came of it; ``ran`` and ``kept`` count steps."""

    built: Built
    ran: int
    kept: int


@dataclass(frozen=True)
class Step:
    """One step.

    Attributes:
        name: of its stamp and log.
        text: for people.
        inputs: files whose contents it depends on, besides what the entry's key covers.
        outputs: files that it makes.
        work: does it, writing into the log.
    """

    name: str
    text: str
    inputs: tuple[Path, ...]
    outputs: tuple[Path, ...]
    work: Callable[[Path], None]


def build(
    device: DeviceLimits, model: ModelShape, tools: Toolchain, told: OnStep, positions: tuple[int, ...] = ()
) -> Result:
    """Build, or take what was built before.

    Args:
        device: for which.
        model: the encoder's sizes.
        tools: what builds.
        told: hears of every step.
        positions: buckets; all of the model's if empty.

    Raises:
        StarlingError: ``npu.no_plan``, ``npu.build_tool``, ``npu.build_hangs``, ``npu.build_running``, ``disk.full``.
        OSError: the cache cannot be written.
    """
    wanted = images(plans(device, model, positions))
    entry = cache.key(device.name, model, wanted, tools.versions)
    place = cache.folder(device.name, model, entry)
    work = cache.root() / cache.WORK / f"{device.name}-{place.name}"
    work.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(work.with_suffix(".lock"), timeout=0):
            try:
                return Result(cache.read(place), 0, 0)
            except StarlingError:
                return _build(_Job(device, model, tools, wanted, work, positions or model.buckets), place, told)
    except Timeout:
        raise StarlingError("npu.build_running", "Another build of these kernels runs.", "Wait for its end.") from None


def _build(job: _Job, place: Path, told: OnStep) -> Result:
    steps = list(job.steps())
    (job.work / cache.STEPS).mkdir(exist_ok=True)
    ran = 0
    for number, step in enumerate(steps, 1):
        if _complete(job.work, step):
            continue
        told(number, len(steps), step.text)
        _run(job.work, step)
        ran += 1
    finished = job.work.with_name(job.work.name + ".whole")
    shutil.rmtree(finished, ignore_errors=True)
    finished.mkdir()
    job.collect(finished)
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(place, ignore_errors=True)
    finished.replace(place)
    shutil.rmtree(job.work, ignore_errors=True)
    return Result(cache.read(place), ran, len(steps) - ran)


def _run(work: Path, step: Step) -> None:
    for path in step.outputs:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
    log = work / cache.STEPS / f"{step.name}.log"
    log.unlink(missing_ok=True)
    step.work(log)
    for path in step.outputs:
        if not path.is_file() or not path.stat().st_size:
            raise StarlingError(
                "npu.build_tool", f"{step.text}: {path.name} was not made.", f"All of the tool's output: {log}."
            )
    stamp = work / cache.STEPS / f"{step.name}.done"
    part = stamp.with_suffix(".part")
    part.write_text(json.dumps(_hashes(step)), "utf-8")
    part.replace(stamp)


def _complete(work: Path, step: Step) -> bool:
    """Whether it ran to its end earlier, on the same inputs, and its files are as it left them."""
    try:
        told = json.loads((work / cache.STEPS / f"{step.name}.done").read_text("utf-8"))
        return bool(told == _hashes(step))
    except (OSError, ValueError):
        return False


def _hashes(step: Step) -> dict[str, str]:
    return {path.name: cache.file_hash(path) for path in (*step.inputs, *step.outputs)}


class _Job:
    """Everything about one build; its steps in their order."""

    def __init__(
        self,
        device: DeviceLimits,
        model: ModelShape,
        tools: Toolchain,
        wanted: tuple[Image, ...],
        work: Path,
        positions: tuple[int, ...],
    ) -> None:
        self.positions = positions
        self.device, self.model, self.tools, self.images, self.work = device, model, tools, wanted, work
        self.sources = cache.kernel_sources()
        self.env = environment(tools)
        self.objects, self.core = _declared(self.sources, wanted)

    def steps(self) -> Iterator[Step]:
        """Objects first, then image by image, each xclbin on top of the last one."""
        compiled = {made.object: made for entry in self.objects.values() for made in entry}
        for made in compiled.values():
            yield self._compile(made)
        before: Path | None = None
        for image in self.images:
            folder = self.work / image.symbol
            for number, stream in enumerate(image.streams):
                yield self._emit(image, stream, folder)
                yield self._link(image, stream, folder, before) if number == 0 else self._shape(image, stream, folder)
            before = folder / cache.XCLBIN

    def collect(self, place: Path) -> None:
        """Everything that counts, with the manifest last."""
        shutil.copyfile(self.work / self.images[-1].symbol / cache.XCLBIN, place / cache.XCLBIN)
        for image in self.images:
            for stream in image.streams:
                shutil.copyfile(self.work / image.symbol / stream.file, place / stream.file)
        sizes = {
            image.symbol: sum(program_bytes(self.work / "objects" / made.object) for made in self.objects[image.symbol])
            for image in self.images
        }
        cache.write_manifest(
            place,
            self.device.name,
            self.model,
            self.positions,
            self.images,
            dict(self.tools.versions),
            sizes,
            self.core,
        )

    def _compile(self, made: Any) -> Step:
        out = self.work / "objects" / made.object
        argv = compile_command(self.tools, self.device.target, Path(made.source), out, made.defines)
        return Step(
            f"compile-{made.object}", f"compile {made.object}", (), (out,),
            lambda log: running.run(argv, self.work, log, self.env),
        )  # fmt: skip

    def _emit(self, image: Image, stream: Stream, folder: Path) -> Step:
        out = folder / f"{stream.file}.mlir"
        argv = [_real(self.tools.python), str(self.sources / "emit.py"), str(out)]
        job = json.dumps({"op": image.op, "parameters": stream.parameters})
        return Step(
            f"emit-{stream.file}", f"emit {image.symbol}", (), (out,),
            lambda log: running.run(argv, folder, log, self.env, job),
        )  # fmt: skip

    def _link(self, image: Image, stream: Stream, folder: Path, before: Path | None) -> Step:
        xclbin, insts = folder / cache.XCLBIN, folder / stream.file
        argv = link_command(self.tools, image, folder, stream.file, before)
        needed = [folder / f"{stream.file}.mlir", *([before] if before else [])]
        objects = [self.work / "objects" / made.object for made in self.objects[image.symbol]]

        def work(log: Path) -> None:
            for path in objects:
                shutil.copyfile(path, folder / path.name)
            running.run(argv, folder, log, self.env)

        return Step(
            f"link-{image.symbol}", f"link {image.symbol} into the xclbin", (*objects, *needed), (xclbin, insts), work
        )

    def _shape(self, image: Image, stream: Stream, folder: Path) -> Step:
        argv = shape_command(self.tools, folder, stream.file)
        return Step(
            f"shape-{stream.file}", f"instructions {stream.file}",
            (folder / f"{stream.file}.mlir",), (folder / stream.file,),
            lambda log: running.run(argv, folder, log, self.env),
        )  # fmt: skip


def _declared(sources: Path, wanted: tuple[Image, ...]) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """Of each image its objects and the parameters that are baked into its cores."""
    objects, core = {}, {}
    with installed(sources):
        for image in wanted:
            module = importlib.import_module(f"kernels.{image.op}.design")
            parameters = image.streams[0].parameters
            objects[image.symbol] = module.objects(**parameters)
            core[image.symbol] = {name: parameters[name] for name in module.CORE if name in parameters}
    return objects, core


def _real(path: str) -> str:
    return str(Sysroot.current().path(path))


def environment(tools: Toolchain) -> dict[str, str]:
    """For every tool: nothing of ours but what a compiler needs."""
    kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    folders = [Path(_real(path)).parent for path in (tools.aiecc, tools.python, tools.xclbinutil)]
    return kept | {
        "PATH": os.pathsep.join([*map(str, folders), os.environ.get("PATH", os.defpath)]),
        "LC_ALL": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PEANO_INSTALL_DIR": _real(tools.peano),
        "AIE_XCLBINUTIL": _real(tools.xclbinutil),
    }


def compile_command(
    tools: Toolchain, target: str, source: Path, out: Path, defines: tuple[tuple[str, str], ...]
) -> list[str]:
    """As mlir-aie compiles core functions (python/utils/compile/utils.py @00b33bd6, makefile-common @0eaf5483)."""
    return [
        _real(tools.compiler), str(source), "-c", "-o", str(out), "-O2", "-std=c++20", "-DNDEBUG",
        "-D__AIE_API_AIE_ADF_HPP__", f"--target={target}-none-unknown-elf", "-Wno-parentheses", "-Wno-attributes",
        "-Wno-macro-redefined", "-Wno-empty-body", f"-I{_real(tools.headers)}",
        *(f"-D{name}={value}" for name, value in defines),
    ]  # fmt: skip


def link_command(tools: Toolchain, image: Image, folder: Path, insts: str, before: Path | None) -> list[str]:
    """One more kernel in the xclbin (chaining as amd/IRON and mlir-aie do), and its first instructions."""
    what = ["--get-xclbin", "--get-npu-insts"]
    if tools.asks != "get":
        what = ["--aie-generate-xclbin", "--aie-generate-npu-insts"]
    return [
        *_aiecc(tools, folder), *what,
        f"--xclbin-name={folder / cache.XCLBIN}",
        f"--xclbin-kernel-name={image.kernel}",
        f"--xclbin-instance-name={image.kernel}",
        f"--xclbin-kernel-id={image.number:#x}",
        *([f"--xclbin-input={before}"] if before else []),
        f"--npu-insts-name={folder / insts}",
        str(folder / f"{insts}.mlir"),
    ]  # fmt: skip


def shape_command(tools: Toolchain, folder: Path, insts: str) -> list[str]:
    """Instructions alone, for another shape on the same cores."""
    what = ["--get-npu-insts"] if tools.asks == "get" else ["--no-compile", "--aie-generate-npu-insts"]
    return [
        *_aiecc(tools, folder), *what, f"--npu-insts-name={folder / insts}", str(folder / f"{insts}.mlir")
    ]  # fmt: skip


def _aiecc(tools: Toolchain, folder: Path) -> list[str]:
    front = [_real(tools.aiecc), f"--peano={_real(tools.peano)}", f"--tmpdir={folder / 'tmp'}"]
    return front if tools.asks == "get" else [*front, "--no-xchesscc", "--no-xbridge", "--no-compile-host"]


def program_bytes(path: Path) -> int:
    """Bytes of instructions in an object (ELF32, little endian); 0 when it is none. What is not linked counts too."""
    try:
        data = path.read_bytes()
        if data[:6] != b"\x7fELF\x01\x01":
            return 0
        (table,), (size, count) = struct.unpack_from("<I", data, 32), struct.unpack_from("<HH", data, 46)
        sections = [struct.unpack_from("<10I", data, table + number * size) for number in range(count)]
        return sum(section[5] for section in sections if section[2] & _EXECUTABLE)
    except (OSError, struct.error):
        return 0
