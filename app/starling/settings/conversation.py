"""The settings of the page Language model."""

from __future__ import annotations

from starling.settings.declaration import Setting

PROMPT = (
    "You are Starling, a voice assistant. Everything you write is read aloud, so answer in one to three short spoken "
    "sentences, in the language of the user, without lists, markdown, emoji or web addresses. Say it when you do not "
    "know something."
)

CONVERSATION: tuple[Setting, ...] = (
    Setting(
        "assistant.llm_url",
        "",
        "Server",
        "The address of a language model server that answers what Starling's skills do not know. With an address on "
        "this computer nothing leaves it; with any other, what you say to Starling and what its skills find is sent "
        "there.",
        in_file="Such as http://127.0.0.1:11434/v1; empty for none. A key is kept in the system's keyring only.",
        page="conversation",
        control="server",
        keywords=("llm", "language model", "ollama", "lemonade", "llama.cpp", "fastflowlm", "openai", "connect"),
    ),
    Setting(
        "assistant.llm_model",
        "",
        "Language model",
        "The name of the model on that server.",
        in_file="Empty for the first one that the server has.",
        page="conversation",
        control="language_model",
        keywords=("llm", "qwen", "llama", "gemma", "model"),
    ),
    Setting(
        "assistant.llm_tools",
        True,
        "Let the model use skills",
        "It may read the time, timers, alarms and notes, and compute. Before it changes anything you are asked.",
        page="conversation",
        keywords=("tools", "functions", "confirm", "timers", "notes"),
    ),
    Setting(
        "assistant.system_prompt",
        PROMPT,
        "Instructions to the model",
        "Who the model is to be, and how it is to speak.",
        in_file="Empty for the default.",
        page="conversation",
        keywords=("system prompt", "persona", "style", "language"),
    ),
    Setting(
        "assistant.llm_memory",
        12,
        "Exchanges remembered",
        "How many of the last questions and answers the model is told again. "
        "Say “forget our conversation” to begin a new one.",
        0,
        100,
        in_file="0 remembers none.",
        zero="None",
        page="conversation",
        keywords=("memory", "context", "history", "forget", "reset"),
    ),
    Setting(
        "assistant.llm_forget",
        15,
        "Forget after a silence of",
        "A new conversation begins when nothing was said for this long.",
        0,
        1440,
        unit="min",
        in_file="0 never forgets by itself.",
        zero="Never",
        page="conversation",
        keywords=("memory", "reset", "new conversation"),
    ),
    Setting(
        "assistant.llm_characters",
        8000,
        "Longest memory",
        "The most characters of earlier exchanges that the model is told. Less is faster; four are about one token.",
        500,
        100_000,
        page="conversation",
        step=500,
        advanced=True,
        keywords=("memory", "context", "tokens", "speed"),
    ),
    Setting(
        "assistant.llm_wait",
        60,
        "Wait for the first words",
        "How long the model may take to begin its reply. A server that loads its model first takes longer once.",
        5,
        600,
        unit="s",
        page="conversation",
        advanced=True,
        keywords=("timeout", "slow", "loading"),
    ),
)
