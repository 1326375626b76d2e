"""The status panel in the real window: on faked machines, and with the emulated NPU that fails."""

import pytest

from tests.e2e.test_window import STARTER, bare_screen, screen, server
from tests.helpers.commands import NO_SOUND
from tests.helpers.listening import speech_wav
from tests.helpers.machines import machine
from tests.helpers.pulse import wait_until
from tests.helpers.watching import Watching

__all__ = ["bare_screen", "screen", "server"]

QUESTION = "what is twenty three times seven"
# Without live text nothing is recognised before the question: the fault comes with it.
ADVANCED = STARTER.replace('model = "starter"', 'model = "starter"\ntier = "advanced"\npartial = false')
BROKEN = {"STARLING_NPU": "emulated", "STARLING_NPU_FAULT": "nan"}


@pytest.mark.pulse
@pytest.mark.timeout(40)
def test_emulated_and_demoted(screen, server, tmp_path):
    with Watching(screen, tmp_path / "home", {**server.variables, **BROKEN}, ADVANCED) as window:
        screen.window()
        window.wait_for("Ready")
        assert window.shows("Emulated · XRT")
        window.wait_for("MicrophoneChanged")
        server.play_into(server.microphone, speech_wav(tmp_path / "said.wav", [QUESTION], pause_s=0.6))
        window.wait_for("ReplyEnded")
        assert window.shows("What is twenty three times seven?")
        assert window.until(lambda: any("are not finite numbers" in text for text in window.ask("texts")))
        assert window.shows("Why not better: advanced · xrt: ")
        shown = window.ask("texts")
        assert not any(text.startswith("NPU ·") for text in shown)
        assert window.until(lambda: window.ask("press=Prove_every_accelerator_again"))
        assert window.until(lambda: any("Not used · Emulated" in text for text in window.ask("texts")), 20.0)
    assert "Traceback" not in "".join(window.stderr)


def test_a_machine_with_the_wrong_limit_tells_the_command(screen, tmp_path):
    env = {**NO_SOUND, **machine(tmp_path / "root", "strix", "memlock").env}
    with Watching(screen, tmp_path / "home", env, STARTER) as window:
        screen.window()
        window.wait_for("NpuShown")
        assert window.shows("Only 8 MiB of memory can be locked")
        shown = window.ask("texts")
        assert {"Not usable", "Strix Point or Gorgon Point", "XDNA2", "1.1.2.64"} <= set(shown)
        command = "echo '* - memlock unlimited' | sudo tee /etc/security/limits.d/99-amdxdna.conf"
        copy = f"Copy the command: {command}"
        assert copy in shown
        window.ask("reach=npu")
        for _ in range(80):
            if window.ask("focus") == copy:
                break
            screen.key("Tab")
        assert window.ask("focus") == copy
        screen.key("space")
        assert wait_until(lambda: window.ask("focus").startswith("Copied: "), 5)
    assert "Traceback" not in "".join(window.stderr)


def test_a_usable_machine_claims_no_run_without_proof(screen, tmp_path):
    env = {**NO_SOUND, **machine(tmp_path / "root", "phoenix").env}
    with Watching(screen, tmp_path / "home", env, STARTER) as window:
        screen.window()
        window.wait_for("NpuShown")
        assert window.shows("Usable")
        assert window.until(lambda: {"XDNA1", "1.5.2.380", "Legacy", "CPU"} <= set(window.ask("texts")))
        assert not any(text.startswith(("NPU ·", "Advanced ·")) for text in window.ask("texts"))
