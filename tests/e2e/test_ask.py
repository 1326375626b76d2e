"""``starling ask`` and the doctor's look at the connection, as people run them."""

import json

import pytest

from tests.helpers.commands import starling
from tests.helpers.llm_server import LlmServer, call, say, say_then_break, status


@pytest.fixture
def server():
    with LlmServer() as running:
        yield running


def asked(*words, home, **more):
    done = starling("ask", *words, "--json", home=home, **more)
    return done, json.loads(done.out)


def test_the_model_answers_what_no_skill_knows(tmp_path, server):
    server.replies = [say("It scatters light.")]
    done, report = asked("why", "is", "the", "sky", "blue", "--url", server.url, home=tmp_path)
    assert (done.code, done.err) == (0, "")
    assert report["text"] == "It scatters light."
    assert (report["answered_by"], report["model"], report["tools"]) == ("language model", "test-model", [])
    assert 0 < report["first_text_ms"] <= report["total_ms"]
    done = starling("ask", "why is that", "--url", server.url, "--model", "other", home=tmp_path)
    assert (done.code, done.out) == (0, "All right.\n")
    assert server.asked[1]["model"] == "other"


def test_skills_answer_first_and_without_a_model_it_is_said(tmp_path, server):
    done, report = asked("what is 2 plus 2", "--url", server.url, home=tmp_path)
    assert (report["text"], report["answered_by"], server.asked) == ("2 plus 2 is 4.", "skill", [])
    done, report = asked("why is the sky blue", home=tmp_path)
    assert done.code == 0
    assert "no language model is connected" in report["text"]


def test_what_would_change_something_is_not_done_where_nobody_can_be_asked(tmp_path, server):
    server.replies = [call(("add_note", {"text": "buy milk"})), say("I did not.")]
    done, report = asked("milk is out", "--url", server.url, home=tmp_path)
    assert "Shall I write down: buy milk?" in done.err
    assert [tool["outcome"] for tool in report["tools"]] == ["asked", "refused"]
    assert asked("read my notes", home=tmp_path)[1]["text"] == "You have no notes."


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (status(401, ""), "llm.unauthorised"),
        (status(500, ""), "llm.http_500"),
        (say_then_break("The sky"), "llm.broke_off"),
    ],
)
def test_what_goes_wrong_is_one_line(tmp_path, server, reply, code):
    server.replies = [reply]
    done, report = asked("why is the sky blue", "--url", server.url, "--model", "m", home=tmp_path)
    assert done.code == 1
    assert report["error"]["code"] == code
    assert done.err.rstrip().endswith(f"[{code}]")
    assert len(done.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--url", "ftp://x", "--save-key"), "llm.bad_url"),
        (("--url", "http://127.0.0.1:1", "--save-key"), "ask.no_key"),
        ((), "ask.nothing"),
    ],
)
def test_wrong_use(tmp_path, words, code):
    done = starling("ask", *words, home=tmp_path)
    assert done.code == 1
    assert f"[{code}]" in done.err


def test_a_key_is_stored_nowhere_but_in_a_keyring(tmp_path):
    env = {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
    done = starling("ask", "--url", "https://example.com", "--save-key", home=tmp_path, stdin=b"sk-secret\n", env=env)
    assert done.code == 1
    assert "[llm.no_keyring]" in done.err
    kept = [path for path in tmp_path.rglob("*") if path.is_file() and b"sk-secret" in path.read_bytes()]
    assert kept == []
    assert "sk-secret" not in done.out + done.err


def test_servers_are_looked_for_on_this_machine(tmp_path):
    done = starling("ask", "--find", "--json", home=tmp_path)
    servers = json.loads(done.out)["servers"]
    assert {found["url"].rpartition(":")[0] for found in servers} == {"http://127.0.0.1"}
    assert len(servers) == 5
    assert all(found["error"] or found["evidence"] for found in servers)


def test_the_doctor_looks_at_a_connection_only_if_there_is_one(tmp_path, server):
    assert "connection" not in json.loads(starling("doctor", "--json", home=tmp_path).out)
    settings = tmp_path / "config" / "settings.toml"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text(f'[assistant]\nllm_url = "{server.url}"\n')
    found = json.loads(starling("doctor", "--json", home=tmp_path).out)["connection"]
    assert (found["local"], found["model"], found["key"], found["reasons"]) == (True, "test-model", False, [])
    server.close()
    report = starling("doctor", home=tmp_path)
    assert report.code == 0
    assert "Connection\n" in report.out
    assert "cannot be reached" in report.out
