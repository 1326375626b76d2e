import io
import json
import signal
import sys

import pytest

from starling.commands import console


def test_what_an_encoding_lacks_is_escaped_as_in_json(monkeypatch):
    raw = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(raw, encoding="ascii"))
    console.prepare()
    text = "naïve → 你好 😀 \udcff"
    sys.stdout.write(json.dumps(text, ensure_ascii=False))
    sys.stdout.flush()
    assert json.loads(raw.getvalue()) == text


def test_half_characters_of_an_argument_become_whole_ones():
    assert console.printable("caf\udce9") == "caf?"
    assert console.printable("café 你好") == "café 你好"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_interrupt_and_are_given_back(number):
    found = signal.signal(number, signal.SIG_DFL)  # whoever runs the tests may ignore it
    try:
        interruptions = console.Interruptions()
        with pytest.raises(KeyboardInterrupt), interruptions:
            signal.raise_signal(number)
        assert interruptions.came
        assert signal.getsignal(number) is signal.SIG_DFL
    finally:
        signal.signal(number, found)


def test_an_ignored_signal_stays_ignored():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with console.Interruptions() as interruptions:
            signal.raise_signal(signal.SIGINT)
        assert not interruptions.came
    finally:
        signal.signal(signal.SIGINT, before)
