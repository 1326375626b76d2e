"""Everything a person can get wrong: one sentence with a fix, an exit code, nothing lost, nothing left running."""

import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import av
import numpy as np
import pytest

from starling import cli
from starling.audio.files import write_wav
from starling.core.results import SAMPLE_RATE
from starling.locate import shipped
from tests.helpers.commands import GRACE_S, MARK, assert_clean, processes, starling, surroundings
from tests.helpers.espeak import speak
from tests.helpers.listening import Listening, speech_wav
from tests.helpers.pulse import PulseServer, wait_until

STARTER = ("--stt", "legacy", "--model", "starter")
QUESTION = "What is twenty three times seven?"
ONCE_PER_RUN = random.Random(11)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with a good recording, a pickle, and broken copies of the starter."""
    folder = tmp_path_factory.mktemp("bad")
    write_wav(folder / "good.wav", speak(QUESTION), SAMPLE_RATE)
    (folder / "text.wav").write_text("hello")
    (folder / "a folder").mkdir()
    (folder / "pickle").mkdir()
    (folder / "pickle" / "pytorch_model.bin").write_bytes(bytes(1000))
    for name in ("missing", "truncated", "altered"):
        shutil.copytree(shipped("resources", "starter"), folder / name)
    (folder / "missing" / "tokenizer.json").unlink()
    os.truncate(folder / "truncated" / "model.bin", 1_000_000)
    with (folder / "altered" / "model.bin").open("r+b") as file:
        file.seek(500_000)
        byte = file.read(1)
        file.seek(500_000)
        file.write(bytes([byte[0] ^ 1]))
    return folder


# -- one sentence and exit 1; usage and exit 2 ------------------------------------------------------------


def transcribe(*words):
    return ("transcribe", *STARTER, *words)


def with_model(folder):
    return ("transcribe", "--stt", "legacy", "--model", folder, "good.wav")


CASES = {
    "no file": (transcribe("nosuch.wav"), "audio.file_missing"),
    "the result on a full disk": (transcribe("good.wav", "--output", "/dev/full"), "transcribe.unwritable"),
    "a language that is none": (transcribe("--language", "xx", "good.wav"), "stt.language"),
    "a model nobody installed": (with_model("nosuch"), "model.unknown"),
    "a pickle": (with_model("./pickle"), "model.pickle"),
    "a file truncated": (with_model("./truncated"), "model.truncated"),
    "one bit altered": (with_model("./altered"), "model.altered"),
    "a folder to hear": (("try", *STARTER, "--audio", "a folder"), "audio.file_is_folder"),
    "no speaker": (("say", "hello"), "audio.no_speaker"),
    "nothing that can be said": (("say", "--out", "nothing.wav", "😀 ... !!!"), "say.nothing"),
    "a voice nobody has": (("say", "--voice", "nobody", "--out", "voice.wav", "hello"), "tts.unknown_voice"),
    "speech onto a full disk": (("say", "--out", "/dev/full", "hello"), "audio.disk_full"),
}
MORE_CASES = {
    "no name": (transcribe(""), "audio.file_is_folder"),
    "a name too long": (transcribe("a" * 5000), "audio.file_unreadable"),
    "the result in no folder": (transcribe("good.wav", "--output", "nosuch/x.txt"), "transcribe.unwritable"),
    "a file as model": (with_model("./good.wav"), "model.not_a_model"),
    "a folder of something else": (with_model("./a folder"), "model.not_a_model"),
    "a file missing": (with_model("./missing"), "model.missing_file"),
    "a pickle imported": (("models", "import", "pickle"), "model.pickle"),
    "a name that leads elsewhere": (("models", "import", "missing", "--name", "../x"), "model.bad_name"),
    "nothing to say": (("say",), "say.nothing"),
    "speech into a folder": (("say", "--out", "a folder", "hello"), "audio.file_unwritable"),
}


USAGE = {
    "too fast": (("say", "--speed", "9", "hello"), "from 0.5 to 2"),
    "no pace at all": (("say", "--speed", "0", "hello"), "from 0.5 to 2"),
    "no number": (("say", "--speed", "nan", "hello"), "from 0.5 to 2"),
    "the result over the recording": (transcribe("good.wav", "--output", "good.wav"), "overwritten"),
    "the reply over the recording": (("try", "--audio", "good.wav", "--out", "good.wav"), "overwritten"),
    "one result for two": (transcribe("good.wav", "./good.wav", "--output", "results"), "both be written"),
    "files and pending": (transcribe("good.wav", "--pending"), "or --pending"),
    "a figure nobody measures": (("bench", "nosuch"), "nosuch"),
    "no run at all": (("bench", "--runs", "0"), "at least 1"),
    "no such command": (("nosuch",), "nosuch"),
}


@pytest.mark.parametrize("name", USAGE)
def test_usage(place, monkeypatch, capsys, name):
    words, told = USAGE[name]
    monkeypatch.chdir(place)
    with pytest.raises(SystemExit) as ended:
        cli.main(words)
    assert ended.value.code == 2
    assert told in capsys.readouterr().err
    assert (place / "good.wav").read_bytes()[:4] == b"RIFF"


ALL_CASES = CASES | MORE_CASES


@pytest.fixture(scope="module")
def outcomes(place, tmp_path_factory, request):
    """The cases that are asked for, a few at a time."""
    homes = tmp_path_factory.mktemp("homes")
    asked = [item.callspec.params["name"] for item in request.session.items if "outcomes" in item.fixturenames]

    def run(name):
        return starling(*ALL_CASES[name][0], home=homes / name, cwd=place)

    with ThreadPoolExecutor(4) as pool:
        return dict(zip(asked, pool.map(run, asked), strict=True))


@pytest.mark.parametrize("name", [*CASES, *(pytest.param(name, marks=pytest.mark.slow) for name in MORE_CASES)])
def test_one_sentence_says_what_to_do(outcomes, place, name):
    words, code = ALL_CASES[name]
    done = outcomes[name]
    assert done.code == 1, done
    assert done.err.splitlines()[-1].startswith("starling: ")
    assert done.err.endswith(f" [{code}]\n")
    assert done.out == "" or words[0] == "try"
    assert Path("/dev/full").is_char_device()
    assert not (place / "nothing.wav").exists()


def test_devices_stay_what_they_are(place):
    starling("say", "--out", "/dev/null", "hello", home=place / "home")
    starling(*transcribe("good.wav", "--output", "/dev/null"), home=place / "home", cwd=place)
    assert Path("/dev/null").is_char_device()


# -- recordings of every kind, in one run: one that is bad does not keep the others from their text ---------------


def encoded(path, container_format, codec, rate, layout, samples):
    with av.open(str(path), "w", format=container_format) as container:
        stream = container.add_stream(codec, rate=rate, layout=layout)
        frame = av.AudioFrame.from_ndarray(samples[None, :], format="flt", layout="mono")
        frame.sample_rate = SAMPLE_RATE
        resampler = av.AudioResampler(format=stream.format, layout=layout, rate=rate, frame_size=stream.frame_size)
        for out in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(out))
        container.mux(stream.encode(None))


def test_recordings_of_every_kind(place, tmp_path):
    samples = np.array(speak(QUESTION))
    encoded(tmp_path / "8-bit.wav", "wav", "pcm_u8", 8_000, "mono", samples)
    encoded(tmp_path / "96k.wav", "wav", "pcm_s24le", 96_000, "stereo", samples)
    encoded(tmp_path / "six.flac", "flac", "flac", 48_000, "5.1", samples)
    (tmp_path / "empty.wav").touch()
    write_wav(tmp_path / "no-samples.wav", samples[:0], SAMPLE_RATE)
    (tmp_path / "header.wav").write_bytes((place / "good.wav").read_bytes()[:20])
    (tmp_path / "cut.wav").write_bytes((place / "good.wav").read_bytes()[:-8000])
    os.mkfifo(tmp_path / "pipe.wav")
    strange = b"\xff\xe9.wav"
    shutil.copy(place / "good.wav", os.path.join(os.fsencode(tmp_path), strange))
    names = ["8-bit.wav", "96k.wav", "six.flac", "empty.wav", "no-samples.wav", "header.wav", "pipe.wav",
             str(place / "a folder"), str(place / "text.wav"), "/dev/null", "cut.wav", strange]  # fmt: skip
    done = starling(*transcribe(*names), home=tmp_path / "home", cwd=tmp_path)
    codes = [line.rpartition("[")[2].rstrip("]") for line in done.err.splitlines()]
    assert codes == [f"audio.{what}" for what in ("file_empty", "file_no_samples", "not_audio",
                     "file_is_pipe", "file_is_folder", "not_audio", "file_empty", "truncated")]  # fmt: skip
    texts = done.out.splitlines()
    assert len(texts) == 5
    assert [texts[place] for place in (1, 2, 4)] == [QUESTION] * 3
    assert done.code == 1


# -- folders, settings and history that are not what they should be --------------------------------------------


SETTINGS = (
    (b"\xff\xfe\0", "settings.damaged"),
    (b"version = 99\n", "settings.newer"),
    (b"version = 0\n", ""),
    (b'[tts]\nspeed = "fast"\n', "settings.bad_value"),
    (b"[tts]\nspede = 1.0\n", "settings.unknown"),
)


def test_settings_that_are_no_use_give_the_defaults(tmp_path):
    homes = [tmp_path / str(number) for number in range(len(SETTINGS))]
    for home, (text, _) in zip(homes, SETTINGS, strict=True):
        (home / "config").mkdir(parents=True)
        (home / "config" / "settings.toml").write_bytes(text)
    with ThreadPoolExecutor(4) as pool:
        runs = list(pool.map(lambda home: starling("say", "--out", home / "x.wav", "hello", home=home), homes))
    for home, (text, told), done in zip(homes, SETTINGS, runs, strict=True):
        assert done.code == 0
        assert f"[{told}]" in done.err if told else done.err == ""
        assert text in [file.read_bytes() for file in (home / "config").glob("*.toml")]


def test_a_home_that_is_a_file(tmp_path):
    home = tmp_path / "home"
    home.write_text("mine")
    tried = starling("try", "--out", tmp_path / "x.wav", home=home)
    assert tried.code == 0
    assert "23 times 7 is 161." in tried.out
    assert "[settings.unreadable]" in tried.err
    assert "[history.unwritable]" in tried.err
    listened = starling("listen", *STARTER, home=home)
    assert (listened.code, "[app.data_unwritable]" in listened.err) == (1, True)
    assert "cannot be written" in starling("doctor", home=home).out
    assert home.read_text() == "mine"


@pytest.mark.parametrize("what", ["damaged", pytest.param("newer", marks=pytest.mark.slow)])
def test_a_history_that_cannot_be_used_is_kept(tmp_path, what):
    folder = tmp_path / "data" / "history"
    folder.mkdir(parents=True)
    content = random.Random(2).randbytes(9000)
    if what == "newer":
        script = (
            "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('pragma user_version=99'); c.commit()"
        )
        subprocess.run([sys.executable, "-c", script, folder / "history.db"], check=True)
        content = (folder / "history.db").read_bytes()
    else:
        (folder / "history.db").write_bytes(content)
    done = starling("try", "--out", tmp_path / "x.wav", home=tmp_path)
    assert done.code == 0
    assert f"[history.{what}]" in done.err
    assert content in [file.read_bytes() for file in folder.glob("*.db")]


@pytest.fixture
def full_disk(tmp_path):
    folder = tmp_path / "full"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", folder], capture_output=True).returncode:
        pytest.skip("only root may mount a small disk")
    try:
        with contextlib.suppress(OSError), (folder / "fill").open("wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


@pytest.mark.skipif(shutil.which("mount") is None, reason="needs mount")
def test_a_full_disk(full_disk, tmp_path, place):
    tried = starling("try", "--out", tmp_path / "x.wav", home=full_disk)
    assert (tried.code, "[history.disk_full]" in tried.err) == (0, True)
    said = starling("say", "--out", full_disk / "x.wav", "hello", home=tmp_path / "home")
    assert (said.code, "[audio.disk_full]" in said.err) == (1, True)
    wrote = starling(*transcribe("good.wav", "--output", full_disk / "x.txt"), home=full_disk, cwd=place)
    assert (wrote.code, "[transcribe.unwritable]" in wrote.err) == (1, True)
    assert not {path.suffix for path in full_disk.glob("*")} & {".wav", ".txt", ".part", ".partial"}


def test_no_portaudio(tmp_path):
    (tmp_path / "sounddevice.py").write_text("raise OSError('PortAudio library not found')")
    without = {"PYTHONPATH": str(tmp_path)}
    done = starling("devices", home=tmp_path / "home", env=without)
    assert (done.code, "[audio.portaudio_missing]" in done.err) == (1, True)
    assert starling("say", "--out", tmp_path / "x.wav", "hello", home=tmp_path / "home", env=without).code == 0


# -- terminals, pipes and locales ------------------------------------------------------------------------------


ASCII = {"PYTHONIOENCODING": "ascii"}
OLD_C = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


@pytest.mark.parametrize("env", [OLD_C, pytest.param(ASCII, marks=pytest.mark.slow)], ids=["C", "ASCII"])
def test_terminals_without_our_characters(tmp_path, env):
    assert "\\u2192" in starling("doctor", home=tmp_path, env=env).out
    done = starling("say", "--json", "--out", tmp_path / "x.wav", "naïve 你好 café", home=tmp_path, env=env)
    assert done.code == 0
    assert json.loads(done.out)["replies"][0]["audio_s"] > 0


@pytest.mark.parametrize(
    ("words", "suffix", "code"),
    [
        (transcribe("good.wav"), ">&-", 0),
        (transcribe("nosuch.wav"), "2>&-", 1),
        (("say", "--out", "closed.wav"), "<&-", 1),
        (("try", "--out", "closed.wav"), "<&- >&- 2>&-", 0),
        (transcribe("good.wav"), "> /dev/full", 1),
    ],
)
def test_closed_and_full_streams(place, tmp_path, words, suffix, code):
    done = starling(*words, home=tmp_path, cwd=place, shell_suffix=suffix)
    assert (done.code, done.out) == (code, "")


@pytest.mark.parametrize(
    "text",
    [b"caf\xe9 \x01\x1b[31m\x7f cr\xe8me", b"a" * 20_000, pytest.param("你好世界".encode(), marks=pytest.mark.slow)],
    ids=["bytes", "one long word", "Chinese"],
)
def test_any_bytes_can_be_said(tmp_path, text):
    done = starling("say", "--json", "--out", tmp_path / "x.wav", "-", home=tmp_path, stdin=text)
    assert done.code == 0, done
    assert json.loads(done.out)["replies"][0]["audio_s"] > 0


def test_a_reader_that_goes_away_ends_listening_quietly(tmp_path):
    argv = [sys.executable, "-m", "starling", "listen", "--json", *STARTER]
    with subprocess.Popen(argv, env=surroundings(tmp_path), stdout=-1, stderr=-1) as process:
        process.stdout.close()
        assert process.wait(20) == 1
        err = process.stderr.read().decode()
    assert err == ""
    assert_clean(err, tmp_path)


# -- interrupted, killed, two at once ----------------------------------------------------------------------------


LATEST_S = {"try": 2.0, "transcribe": 2.0, "say": 1.5, "listen": 3.0, "doctor": 1.0, "bench": 5.0}
MANY = pytest.param(15, id="many times", marks=[pytest.mark.slow, pytest.mark.timeout(900)])


def interrupted(words, number, after_s, home, cwd):
    """Send a signal to the command and its children, as a terminal or the end of a session does."""
    with subprocess.Popen([sys.executable, "-m", "starling", *words], env=surroundings(home), stdin=subprocess.DEVNULL,
                          stdout=-1, stderr=-1, cwd=cwd, start_new_session=True) as process:  # fmt: skip
        time.sleep(after_s)
        if process.poll() is None:
            os.killpg(process.pid, number)
        err = process.communicate(timeout=15)[1].decode()
    assert_clean(err, home)
    return process.returncode, err


@pytest.mark.parametrize("rounds", [pytest.param(1, id="once"), MANY])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_at_any_moment(place, tmp_path, number, rounds):
    commands = {
        "try": ("try", "--out", tmp_path / "x.wav"),
        "transcribe": transcribe(*["good.wav"] * 9),
        "listen": ("listen", *STARTER),
        "say": ("say", "--out", tmp_path / "x.wav", "hello there. " * 500),
        "doctor": ("doctor",),
        "bench": ("bench", "text"),
    }
    for turn in range(rounds):
        for name, words in list(commands.items())[: 3 if rounds == 1 else None]:
            after_s = ONCE_PER_RUN.uniform(0.5, LATEST_S[name])
            code, err = interrupted(words, number, after_s, tmp_path / f"{name}{turn}", place)
            # Before our handler is there the signal ends Python itself, and an interrupt that came while an extension
            # module ran Python code makes Python end by SIGINT at its very end, although it was handled and told.
            by_signal = code in (-number, -signal.SIGINT) and err in ("", "starling: Interrupted. [cli.interrupted]\n")
            assert code in (0, 1) or by_signal, (name, after_s, code, err)
            assert "internal.bug" not in err, (name, after_s)
            assert "is restarted" not in err, (name, after_s)
    assert not list(tmp_path.glob("*.partial"))


@pytest.mark.parametrize(
    "number", [signal.SIGKILL, pytest.param(signal.SIGSTOP, marks=pytest.mark.slow)], ids=["killed", "frozen"]
)
def test_a_voice_lost_in_mid_reply_is_replaced(tmp_path, number):
    words = ["say", "--json", "--out", tmp_path / "x.wav", "hello there, my friend. " * 400]
    with subprocess.Popen([sys.executable, "-m", "starling", *words], env=surroundings(tmp_path), stdout=-1, stderr=-1,
                          text=True) as process:  # fmt: skip
        assert wait_until(lambda: list(tmp_path.glob("*.partial")), 15)
        for file in Path(f"/proc/{process.pid}/task").glob("*/children"):
            with contextlib.suppress(FileNotFoundError):  # a thread that ended while we looked
                for pid in file.read_text().split():
                    os.kill(int(pid), number)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "is restarted" in err
    assert json.loads(out)["replies"][0]["audio_s"] > 400
    assert_clean(err, tmp_path)


@pytest.mark.pulse
def test_what_a_killed_listener_had_recorded_is_found_again(tmp_path):
    with PulseServer() as server:
        server.microphone = server.add_microphone("mic")
        said = speech_wav(tmp_path / "said.wav", ["what time is it"], pause_s=0.3)
        home = tmp_path / "home"
        env = {**server.variables, "STARLING_HOME": str(home), MARK: str(home)}
        for again in ("listen", "pending"):
            with Listening(*STARTER, "--answer", "nothing", env=env) as app:
                app.wait_for("ready")
                recogniser = app.recogniser_pid()
                os.kill(recogniser, signal.SIGSTOP)
                server.play_into(server.microphone, said)
                assert wait_until(lambda: list((home / "data/history/pending").glob("*")), 5)
                app.process.kill()
                app.process.wait()
                os.kill(recogniser, signal.SIGCONT)
            assert wait_until(lambda: not processes(home), GRACE_S + 5)
            if again == "listen":
                with Listening(*STARTER, env=env) as app:
                    (found,) = app.wait_for("recovered")
                    tried = starling("try", "--out", tmp_path / "x.wav", home=home, env=server.variables)
                    assert (tried.code, tried.err) == (0, "")  # beside a listener
                    assert "no utterance" in starling(*transcribe("--pending"), home=home, env=server.variables).err
                assert "what time is it" in found["text"].lower()
        done = starling(*transcribe("--pending"), home=home)
        assert (done.code, done.err) == (0, "")
        assert "what time is it" in done.out.lower()


# -- five hours --------------------------------------------------------------------------------------------------


def peak_mib(process):
    """Of the process and its children so far."""
    pids = [str(process.pid)]
    for file in Path(f"/proc/{process.pid}/task").glob("*/children"):
        pids += file.read_text().split()
    peaks = []
    for pid in pids:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        peaks += [int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")]
    return max(peaks, default=0.0)


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_five_hours_in_flat_memory(tmp_path):
    minute = np.zeros(60 * SAMPLE_RATE, np.float32)
    minute[SAMPLE_RATE : SAMPLE_RATE + speak(QUESTION).size] = speak(QUESTION)
    minutes = 300
    with av.open(str(tmp_path / "long.flac"), "w") as container:
        stream = container.add_stream("flac", rate=SAMPLE_RATE, layout="mono")
        for _ in range(minutes):
            frame = av.AudioFrame.from_ndarray((minute * 32767).astype(np.int16)[None, :], format="s16", layout="mono")
            frame.sample_rate = SAMPLE_RATE
            for piece in av.AudioResampler("s16", "mono", SAMPLE_RATE, stream.frame_size or 4096).resample(frame):
                piece.pts = None
                container.mux(stream.encode(piece))
        container.mux(stream.encode(None))
    peaks, lines = [], []
    words = [sys.executable, "-m", "starling", *transcribe(str(tmp_path / "long.flac"))]
    with subprocess.Popen(words, env=surroundings(tmp_path), stdout=-1, stderr=-1, text=True) as process:
        reader = threading.Thread(target=lambda: lines.extend(process.stdout))
        reader.start()
        while process.poll() is None:
            try:
                peaks.append((len(lines), peak_mib(process)))
            except OSError:
                break
            time.sleep(0.5)
        process.wait()
        reader.join()
    assert process.returncode == 0
    assert len(lines) == minutes
    early = max(peak for done, peak in peaks if done <= minutes // 5)
    assert max(peak for _, peak in peaks) < 1.2 * early + 20
