import email.parser
import email.policy
import io
import wave

import numpy as np
import pytest

from starling.npu.servers.audio import form, wav


def test_a_wav_is_read_by_others():
    samples = np.array([0.0, 0.5, -0.5, 1.0, -1.0, 7.0, -7.0], np.float32)
    with wave.open(io.BytesIO(wav(samples))) as file:
        assert file.getparams()[:4] == (1, 2, 16000, 7)
        read = np.frombuffer(file.readframes(7), "<i2")
    np.testing.assert_array_equal(read, [0, 16384, -16384, 32767, -32767, 32767, -32767])


def test_an_empty_wav_has_a_head():
    with wave.open(io.BytesIO(wav(np.zeros(0, np.float32)))) as file:
        assert file.getnframes() == 0


@pytest.mark.parametrize("file", [b"", b"\r\n--", b"RIFF\0\xff", b"--starling-f2c41d7be08a4c3f9b6d--\r\n" * 3])
def test_a_form_is_read_by_others(file):
    body, kind = form(file, {"model": "whisper-v3", "prompt": "Grüße"})
    message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(
        f"Content-Type: {kind}\r\n\r\n".encode() + body
    )
    parts = {part.get_param("name", header="content-disposition"): part for part in message.iter_parts()}
    assert parts["file"].get_payload(decode=True) == file
    assert parts["file"].get_filename() == "audio.wav"
    assert parts["model"].get_payload(decode=True) == b"whisper-v3"
    assert parts["prompt"].get_payload(decode=True).decode() == "Grüße"


def test_no_field_can_end_its_part():
    """A vocabulary or a language is the user's text, and may hold what looks like a boundary."""
    _, kind = form(b"", {})
    boundary = kind.partition("boundary=")[2]
    hostile = f'x\r\n--{boundary}\r\nContent-Disposition: form-data; name="model"\r\n\r\nother\r\n--{boundary}--'
    body, kind = form(b"RIFF", {"model": "whisper-v3", "prompt": hostile})
    message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(
        f"Content-Type: {kind}\r\n\r\n".encode() + body
    )
    names = [part.get_param("name", header="content-disposition") for part in message.iter_parts()]
    assert names == ["model", "prompt", "file"]


def test_half_a_letter_in_a_field_is_sent_as_a_question_mark():
    assert b"a?b" in form(b"", {"prompt": "a\ud800b"})[0]


def test_a_simple_reader_finds_the_name_before_the_file_name():
    """FastFlowLM's own: the first ``name="`` after the disposition, the boundary taken as it stands."""
    body, kind = form(b"x", {"model": "m"})
    boundary = b"--" + kind.partition("boundary=")[2].encode()
    assert b'"' not in boundary
    names = []
    for part in body.split(boundary)[1:-1]:
        at = part.find(b'name="') + 6
        names.append(part[at : part.find(b'"', at)])
    assert names == [b"model", b"file"]
