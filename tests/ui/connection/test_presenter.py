import pytest

from starling.pipeline import events
from starling.ui.connection import presenter

HERE, AWAY = "http://127.0.0.1:11434/v1", "https://llm.example.com/v1"
GONE = {"code": "llm.unreachable", "message": "It cannot be reached.", "fix": "Start it."}
LOCKED = {"code": "llm.unauthorised", "message": "It wants a key.", "fix": "Store one."}
NO_RING = {"code": "llm.no_keyring", "message": "No keyring.", "fix": "Start one."}


@pytest.mark.parametrize(
    ("shown", "kind", "word"),
    [
        (events.ConnectionShown(), "off", "Not connected"),
        (events.ConnectionShown(HERE, "", "untested"), "unknown", "Not tried yet"),
        (events.ConnectionShown(HERE, "m", "ready", first_text_ms=80.0), "good", "Ready"),
        (events.ConnectionShown(HERE, "m", "failed", error=GONE), "bad", "Failed"),
    ],
)
def test_the_state(shown, kind, word):
    assert presenter.state(shown) == presenter.Said(kind, word)


@pytest.mark.parametrize(
    ("shown", "kind", "part"),
    [
        (events.ConnectionShown(), "off", "No server is set"),
        (events.ConnectionShown(HERE, "", "untested"), "good", "stays here"),
        (events.ConnectionShown(AWAY, "", "ready", local=False), "warning", "is not on this machine"),
        (events.ConnectionShown(state="failed", error=GONE), "bad", "It cannot be reached. Start it."),
    ],
)
def test_where_texts_go(shown, kind, part):
    said = presenter.place(shown)
    assert said.kind == kind
    assert part in said.text


def test_what_was_found():
    servers = (
        events.Server("Ollama", HERE, ("a", "b"), ("x",)),
        events.Server("Lemonade", "http://127.0.0.1:8000/api/v1", ("a", "b", "c", "d"), ("x",)),
        events.Server("FastFlowLM", "http://127.0.0.1:52625/v1", (), ("x",)),
        events.Server("llama.cpp", "http://127.0.0.1:8080/v1", error=LOCKED),
        events.Server("Lemonade", "http://127.0.0.1:13305/api/v1", error=GONE),
        events.Server("Other", "http://127.0.0.1:1/v1", error={"code": "llm.bad_reply", "message": "Not it."}),
    )
    looks = presenter.found(servers, HERE)
    assert [(look.name, look.detail, look.in_use) for look in looks] == [
        ("Ollama", "a, b", True),
        ("Lemonade", "4 models", False),
        ("FastFlowLM", "no model yet: install one there", False),
        ("llama.cpp", "It wants a key. Store one.", False),
    ]
    assert [look.can_use for look in looks] == [False, True, True, True]
    assert presenter.searched(looks) == presenter.Said("good", "Servers found on this machine: 4")
    nothing = presenter.searched(presenter.found(servers[4:], ""))
    assert nothing.kind == "warning"
    assert all(name in nothing.text for name in ("Lemonade", "FastFlowLM", "Ollama", "llama.cpp"))


@pytest.mark.parametrize(
    ("tools", "text"),
    [("", ""), ("called", "the model can use them"), ("ignored", "did not"), ("refused", "cannot use them")],
)
def test_whether_it_uses_skills(tools, text):
    assert text in presenter.tools_text(events.ConnectionTested(HERE, tools=tools))


def test_what_a_test_measured():
    good = events.ConnectionTested(HERE, "qwen", True, ("qwen",), "Hello\n there.", 14.2, 412.4, "called")
    assert dict(presenter.test_facts(good)) == {
        "Answers": "after 14 ms",
        "First words": "after 412 ms",
        "Model": "qwen",
        "It said": "Hello there.",
        "Skills": "the model can use them",
    }
    assert presenter.test_facts(events.ConnectionTested(HERE, error=GONE)) == (("Answers", None),)
    assert presenter.test_result(events.ConnectionTested(HERE, error=GONE)).text == "It cannot be reached. Start it."


@pytest.mark.parametrize(
    ("shown", "local", "kind", "part"),
    [
        (None, True, "off", "need none"),
        (None, False, "unknown", "looking"),
        (events.KeyShown(AWAY, True), False, "good", "stored"),
        (events.KeyShown(AWAY, False), False, "off", "none is stored"),
        (events.KeyShown(AWAY, False, NO_RING), False, "warning", "No keyring. Start one."),
    ],
)
def test_the_key(shown, local, kind, part):
    said = presenter.key(shown, local)
    assert said.kind == kind
    assert part in said.text
