"""What setting the power mode needs on a faked machine: the helper, pkexec, an xrt-smi that writes down calls."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

from tests.helpers.machine_tools import script
from tests.helpers.machines import XRT, Machine

REPOSITORY = Path(__file__).resolve().parents[2]
HELPER = REPOSITORY / "packaging/linux/power/starling-power"
HELPER_PLACE = "usr/libexec/starling/starling-power"
SMI_PLACE = f"{XRT}/bin/xrt-smi".lstrip("/")


def build_helper(target: Path, programs: tuple[str, ...], top: Path, timeout_s: float = 20.0) -> Path:
    """A copy of the helper with another list of programs, owner and root folder: it takes nothing from outside."""
    text = HELPER.read_text()
    for pattern, value in (
        (r"#!.*", f"#!{Path(sys.executable).resolve()} -IS"),  # a path with a space cannot stand there
        (r"PROGRAMS = .*", f"PROGRAMS = {programs!r}"),
        (r"OWNER, TOP = .*", f"OWNER, TOP = {os.getuid()}, {str(top)!r}"),
        (r"TIMEOUT_S = .*", f"TIMEOUT_S = {timeout_s}"),
    ):
        text, count = re.subn(rf"^{pattern}$", lambda _, value=value: value, text, count=1, flags=re.MULTILINE)
        assert count == 1, pattern
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text)
    target.chmod(0o755)
    return target


def closed_to_others(folder: Path) -> None:
    """As a system's folders are, whatever the umask."""
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode & ~0o022)


def with_helper(made: Machine, pkexec: str = "") -> Machine:
    """Install helper and pkexec into a machine; ``pkexec`` is the body of another one."""
    record_smi(made)
    build_helper(made.root / HELPER_PLACE, (str(made.root / SMI_PLACE),), made.root)
    script(
        made.root / "usr/bin/pkexec",
        pkexec or f'printf "%s\\0" "$@" >> {log(made, "pkexec")}\necho >> {log(made, "pkexec")}\nexec env -i "$@"',
    )
    closed_to_others(made.root)
    return made


def record_smi(made: Machine, configure: str = "") -> None:
    """Write down each call that configures; ``configure`` is what is done then instead of the fake's own."""
    smi = made.root / SMI_PLACE
    real = smi.with_name("fake-xrt-smi")
    smi.rename(real)
    record = log(made, "smi")
    script(
        smi,
        f'if [ "$1" = configure ]; then\n  printf "%s\\0" "$@" >> {record}; echo >> {record}\n'
        f'  env > {log(made, "environment")}\n  {configure or ":"}\nfi\nexec {real} "$@"',
    )
    closed_to_others(made.root)


def log(made: Machine, name: str) -> Path:
    """Where a fake writes down what it was called with."""
    return made.root / f"{name}.log"


def calls(made: Machine, name: str) -> list[list[str]]:
    """The arguments of each call."""
    path = log(made, name)
    text = path.read_text() if path.exists() else ""
    return [line.split("\0")[:-1] for line in text.splitlines()]
