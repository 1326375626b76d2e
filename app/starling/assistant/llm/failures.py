"""What can go wrong between Starling and a language model: stable codes, each with what to do."""

from __future__ import annotations

from starling.core.errors import StarlingError

_MOST_SAID = 200
"""Characters of a server's own words that are repeated."""
_NOT_THERE = ("not found", "does not exist", "not exist", "unknown model", "no such")


def unreachable(url: str, why: str = "") -> StarlingError:
    """Nobody answers there."""
    reason = f": {why}" if why else ""
    return StarlingError(
        "llm.unreachable",
        f"The language model at {url} cannot be reached{reason}.",
        "Start its server, or choose another under Preferences, Language model.",
    )


def broke_off(url: str) -> StarlingError:
    """The connection ended before the reply did."""
    return StarlingError(
        "llm.broke_off",
        f"The language model at {url} broke off in the middle of its reply.",
        "Ask again; if it happens often, look at the server's own log.",
    )


def timeout(url: str, waited: str, seconds: float) -> StarlingError:
    """It took too long; ``waited`` says for what."""
    return StarlingError(
        "llm.timeout",
        f"The language model at {url} took more than {seconds:g} s {waited}.",
        "Use a smaller model, or let Starling wait longer: Preferences, Language model.",
    )


def bad_reply(url: str, why: str) -> StarlingError:
    """What came is not what the protocol says."""
    return StarlingError(
        "llm.bad_reply",
        f"The server at {url} did not answer as a language model does: {why}.",
        "Check the address; it usually ends with /v1.",
    )


def too_long(url: str) -> StarlingError:
    """A reply that does not end."""
    return StarlingError(
        "llm.too_long",
        f"The language model at {url} did not come to an end; its reply was cut.",
        "Ask more precisely, or use another model.",
    )


def cut(url: str) -> StarlingError:
    """The server's own limit on a reply's length was met."""
    return StarlingError(
        "llm.cut",
        f"The language model at {url} stopped at its limit of words.",
        "Ask it to go on, or raise the limit of the server.",
    )


def model_missing(url: str, model: str) -> StarlingError:
    """The server has no such model."""
    what = f"has no model {model}" if model else "has no language model"
    return StarlingError(
        "llm.model_missing",
        f"The server at {url} {what}.",
        "Install it there, or choose another under Preferences, Language model.",
    )


def no_tools(url: str, model: str) -> StarlingError:
    """The model cannot call tools."""
    return StarlingError(
        "llm.no_tools",
        f"The model {model} at {url} cannot use Starling's skills.",
        "Choose a model with tool calling, or switch the skills off under Preferences, Language model.",
    )


def too_many_tools(model: str) -> StarlingError:
    """It calls tools and never answers."""
    return StarlingError(
        "llm.too_many_tools",
        f"The model {model} used one skill after another and gave no answer.",
        "Ask more precisely, or choose another model.",
    )


def http_status(url: str, model: str, status: int, said: str, *, with_tools: bool = False) -> StarlingError:
    """An answer other than 200; ``said`` is the server's own reason."""
    lower = said.lower()
    if status in (401, 403):
        return StarlingError(
            "llm.unauthorised",
            f"The server at {url} wants a key, or does not take this one.",
            "Store the right key: starling ask --save-key, or Preferences, Language model.",
        )
    if "model" in lower and (status == 404 or any(words in lower for words in _NOT_THERE)):
        return model_missing(url, model)
    if with_tools and status in (400, 422, 500, 501) and "tool" in lower:
        return no_tools(url, model)
    if status == 429:
        return StarlingError("llm.busy", f"The server at {url} has too much to do.", "Ask again in a moment.")
    return _plain(url, status, said)


def _plain(url: str, status: int, said: str) -> StarlingError:
    reason = f": {_shown(said)}" if said.strip() else ""
    fix = "Check the address; it usually ends with /v1." if 300 <= status < 500 else "Look at the server's own log."
    return StarlingError(f"llm.http_{status}", f"The server at {url} answered {status}{reason}.", fix)


def reported(url: str, said: str) -> StarlingError:
    """The stream itself reported an error."""
    return StarlingError(
        "llm.failed",
        f"The language model at {url} failed: {_shown(said) or 'it gave no reason'}.",
        "Ask again; if it happens often, look at the server's own log.",
    )


def _shown(said: str) -> str:
    text = " ".join(said.split()).rstrip(".")
    return text if len(text) <= _MOST_SAID else text[: _MOST_SAID - 1] + "…"
