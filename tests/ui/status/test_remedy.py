import re

import pytest

from starling.npu.probe import probe
from starling.npu.sysroot import Sysroot
from starling.ui.status.remedy import parts
from tests.helpers.machines import DISTROS, FAULTS, machine

SLOW = ("smi_hangs",)


@pytest.mark.parametrize(
    ("fix", "words", "commands"),
    [
        ("", [], []),
        ("Run: sudo pacman -S xrt", [], ["sudo pacman -S xrt"]),
        ("Run: sudo a; echo 'x; y' | sudo b; then restart.", ["then restart."], ["sudo a", "echo 'x; y' | sudo b"]),
        (
            "Install the kernel's modules: sudo apt install linux-$(uname -r) (or upgrade Ubuntu); then restart.",
            ["Install the kernel's modules:", "or upgrade Ubuntu", "then restart."],
            ["sudo apt install linux-$(uname -r)"],
        ),
        ("Run: sudo apt install python3.12 (or: uv python install 3.12)", ["or:"],
         ["sudo apt install python3.12", "uv python install 3.12"]),
        ("Run: flatpak override --user --device=all, or use another package.", ["or use another package"],
         ["flatpak override --user --device=all"]),
        ("On 26.04 run: sudo apt install libxrt2. On 24.04 a file.", ["On 26.04 run:", "On 24.04 a file"],
         ["sudo apt install libxrt2"]),
        ("Remove x from /etc/default/grub, run sudo update-grub; then restart.",
         ["Remove x from /etc/default/grub, run", "then restart."], ["sudo update-grub"]),
        ("Start the container with: --device /dev/accel/accel0", ["Start the container with:"],
         ["--device /dev/accel/accel0"]),
        ("Close them; `starling doctor` shows which.", ["Close them", "`starling doctor` shows which."], []),
        ("; ;", [], []),
        ("Run: echo 'never closed; and on", [], ["echo 'never closed; and on"]),
    ],
)  # fmt: skip
def test_words_and_commands_are_told_apart(fix, words, commands):
    found = parts(fix)
    assert [part.text for part in found if not part.command] == words
    assert [part.text for part in found if part.command] == commands


@pytest.mark.parametrize("distro", DISTROS)
@pytest.mark.parametrize("kind", ["phoenix", "strix"])
def test_no_remedy_of_the_probe_loses_a_word(tmp_path, kind, distro):
    for fault in set(FAULTS) - set(SLOW):
        made = machine(tmp_path / fault, kind, fault, distro=distro)
        for fix in {each.fix for each in probe(Sysroot(made.root), tools=False).faults if each.fix}:
            found = parts(fix)
            assert _letters("".join(part.text for part in found)) == _letters(fix)
            for part in found:
                assert not part.command or not re.search(r"\b(then|restart|or)\b", part.text), part


def _letters(text: str) -> str:
    """Without punctuation and ``Run:``, which a piece does without."""
    return re.sub(r"[\s.,;()]", "", text.replace("Run:", "").replace("run:", ""))
