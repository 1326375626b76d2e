import pytest

from starling.core.errors import StarlingError
from starling.locate import shipped
from starling.speech.stt.tokens import MAX_PROMPT_TOKENS, Tokens, merge_words

START, NO_TIMESTAMPS, PREVIOUS, ENGLISH, TRANSCRIBE, NO_SPEECH = 1537, 1544, 1542, 1538, 1540, 1543


@pytest.fixture(scope="module")
def english() -> Tokens:
    return Tokens(shipped("resources", "starter", "tokenizer.json").read_bytes(), multilingual=False)


@pytest.fixture(scope="module")
def multilingual() -> Tokens:
    return Tokens(shipped("resources", "starter", "tokenizer.json").read_bytes(), multilingual=True)


def test_prompt_of_an_english_model_names_no_language(english: Tokens) -> None:
    assert english.prompt("en") == [START, NO_TIMESTAMPS]


def test_prompt_of_a_multilingual_model_names_language_and_task(multilingual: Tokens) -> None:
    assert multilingual.prompt("en") == [START, ENGLISH, TRANSCRIBE, NO_TIMESTAMPS]


def test_previous_text_comes_first_and_is_bounded(english: Tokens) -> None:
    prompt = english.prompt("en", "Starling and PipeWire")
    assert prompt[0] == PREVIOUS
    assert english.decode(prompt[1:-2]) == "Starling and PipeWire"
    assert len(english.prompt("en", "word " * 1000)) == 1 + MAX_PROMPT_TOKENS + 2
    assert english.prompt("en", "  ") == [START, NO_TIMESTAMPS]


@pytest.mark.parametrize("language", ["de", "xx", ""])
def test_an_unknown_language_is_refused(english: Tokens, multilingual: Tokens, language: str) -> None:
    for tokens in (english, multilingual):
        with pytest.raises(StarlingError) as caught:
            tokens.start_sequence(language)
        assert caught.value.code == "stt.language"
        assert caught.value.fix


@pytest.mark.parametrize("text", ["What time is it?", "naïve café", "日本語", "it's 5 o'clock"])
def test_text_survives(english: Tokens, text: str) -> None:
    ids = english.encode(text)
    assert english.decode([*ids, NO_SPEECH]) == text
    assert " ".join(word for word, _ in english.words(ids, "en")) == text
    assert sum(count for _, count in english.words(ids, "en")) == len(ids)


def test_silence_is_told_by_the_first_token(english: Tokens) -> None:
    assert english.says_silence([NO_SPEECH, NO_SPEECH])
    assert not english.says_silence([5, NO_SPEECH])
    assert not english.says_silence([])


def test_a_tokenizer_that_is_not_whispers_is_refused() -> None:
    import tokenizers

    other = tokenizers.Tokenizer(tokenizers.models.BPE()).to_str().encode()
    with pytest.raises(StarlingError) as caught:
        Tokens(other, multilingual=False)
    assert caught.value.code == "stt.not_whisper"


@pytest.mark.parametrize(
    ("pieces", "spaced", "words"),
    [
        ([(" what", 1), (" ti", 1), ("me", 1)], True, [("what", 1), ("time", 2)]),
        ([(" it", 1), ("?", 1)], True, [("it?", 2)]),
        ([(" it", 1), (" ...", 1)], True, [("it ...", 2)]),
        ([(" say", 1), (' "', 1), ("yes", 1), ('"', 1)], True, [("say", 1), ('"yes"', 3)]),
        ([(" say", 1), (" (", 1), ("yes", 1), (")", 1)], True, [("say", 1), ("(yes)", 3)]),
        ([(" don", 1), ("'", 1), ("t", 1)], True, [("don't", 3)]),
        ([("日", 3), ("本", 2), ("。", 1)], False, [("日", 3), ("本。", 3)]),
        ([], True, []),
    ],
)
def test_merge_words(pieces: list[tuple[str, int]], spaced: bool, words: list[tuple[str, int]]) -> None:
    assert merge_words(pieces, spaced=spaced) == words
