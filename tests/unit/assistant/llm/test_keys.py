"""Keys lie in a keyring that encrypts, or nowhere."""

import keyring
import pytest
from keyring.backends.fail import Keyring as NoKeyring

from starling.assistant.llm import keys
from starling.assistant.llm.address import parse
from starling.core.errors import StarlingError

HERE, THERE = parse("http://127.0.0.1:11434"), parse("https://api.example.com/v1")


class Safe:
    """No subclass of keyring's own base: it would be taken for a backend of this machine from then on."""

    priority = 5

    def __init__(self):
        self.kept = {}

    def get_password(self, service, username):
        return self.kept.get((service, username))

    def set_password(self, service, username, password):
        self.kept[service, username] = password

    def delete_password(self, service, username):
        del self.kept[service, username]


class InClear(Safe):
    priority = 0.5


class Locked(Safe):
    def get_password(self, service, username):
        raise RuntimeError("the key is sk-secret")

    set_password = get_password


@pytest.fixture
def use(monkeypatch):
    def choose(backend):
        monkeypatch.setattr(keyring, "get_keyring", lambda: backend)
        return backend

    monkeypatch.delenv(keys.VARIABLE, raising=False)
    return choose


def test_a_key_belongs_to_one_server(use):
    backend = use(Safe())
    keys.save(THERE, " sk-secret\n")
    assert keys.find(THERE) == "sk-secret"
    assert keys.find(parse("https://api.example.com/other/v1")) == "sk-secret"
    assert keys.find(HERE) == ""
    assert list(backend.kept) == [("starling", "https://api.example.com:443")]
    keys.save(THERE, "")
    keys.save(THERE, "")
    assert backend.kept == {}


@pytest.mark.parametrize("backend", [NoKeyring(), InClear()])
def test_without_a_safe_place_nothing_is_stored(use, backend):
    use(backend)
    with pytest.raises(StarlingError) as caught:
        keys.save(THERE, "sk-secret")
    assert caught.value.code == "llm.no_keyring"
    assert keys.VARIABLE in caught.value.fix
    assert "sk-secret" not in str(caught.value)
    assert getattr(backend, "kept", {}) == {}
    assert keys.find(THERE) == ""


def test_the_environment_may_hold_one(use, monkeypatch):
    use(NoKeyring())
    monkeypatch.setenv(keys.VARIABLE, "sk-other")
    assert keys.find(THERE) == "sk-other"


def test_a_keyring_that_fails_says_nothing_of_the_key(use):
    use(Locked())
    for attempt in (lambda: keys.find(THERE), lambda: keys.save(THERE, "sk-secret")):
        with pytest.raises(StarlingError) as caught:
            attempt()
        assert caught.value.code == "llm.keyring_locked"
        assert "secret" not in str(caught.value)


def test_a_locked_keyring_keeps_nobody_from_a_server_on_this_machine(use):
    use(Locked())
    assert keys.find_if_needed(HERE) == ""
    with pytest.raises(StarlingError):
        keys.find_if_needed(THERE)


@pytest.mark.parametrize("key", ["two words", "line\nbreak", "ü", "x" * 5000])
def test_what_is_no_key(use, key):
    use(Safe())
    with pytest.raises(StarlingError) as caught:
        keys.save(THERE, key)
    assert caught.value.code == "llm.bad_key"
