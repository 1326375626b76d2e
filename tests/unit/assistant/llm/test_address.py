"""Addresses as people write them."""

import pytest

from starling.assistant.llm.address import parse
from starling.core.errors import StarlingError


@pytest.mark.parametrize(
    ("written", "url", "local"),
    [
        ("http://127.0.0.1:11434/v1", "http://127.0.0.1:11434/v1", True),
        ("http://127.0.0.1:8000/api/v1/", "http://127.0.0.1:8000/api/v1", True),
        ("localhost:11434", "http://localhost:11434/v1", True),
        ("  http://LOCALHOST:8080 ", "http://localhost:8080/v1", True),
        ("http://[::1]:8080", "http://[::1]:8080/v1", True),
        ("http://127.3.4.5/v1", "http://127.3.4.5:80/v1", True),
        ("https://api.example.com/v1/chat/completions", "https://api.example.com:443/v1", False),
        ("https://api.example.com/v1/models", "https://api.example.com:443/v1", False),
        ("http://192.168.1.5:11434", "http://192.168.1.5:11434/v1", False),
        ("http://localhost.example.com", "http://localhost.example.com:80/v1", False),
        ("http://127.0.0.1.example.com", "http://127.0.0.1.example.com:80/v1", False),
        ("http://0.0.0.0:8080", "http://0.0.0.0:8080/v1", False),
    ],
)
def test_addresses(written, url, local):
    address = parse(written)
    assert (address.url, address.local) == (url, local)
    assert parse(url) == address


@pytest.mark.parametrize(
    "written",
    [
        "",
        "ftp://example.com",
        "file:///etc/passwd",
        "http://",
        "http://user:secret@example.com/v1",
        "http://example.com:99999",
        "http://example.com:port",
        "http://exa mple.com",
        "http://example.com/v1?key=secret",
        "http://example.com/v1#x",
        "http://[::1",
        "http://example.com/v1\r\nX: y",
    ],
)
def test_what_is_no_address(written):
    with pytest.raises(StarlingError) as caught:
        parse(written)
    assert caught.value.code == "llm.bad_url"
    assert caught.value.fix
    assert "secret" not in str(caught.value) or "?" in written
