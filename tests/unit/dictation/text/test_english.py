"""Spoken marks in English, on texts as Whisper writes them: with and without marks of its own."""

import pytest

from starling.dictation.text.rules import TextRules
from starling.dictation.text.shape import shape

MARKS = [
    # nothing from the recogniser
    ("hello comma how are you question mark", "Hello, how are you?"),
    ("hello period how are you", "Hello. How are you"),
    ("stop exclamation mark", "Stop!"),
    ("stop exclamation point", "Stop!"),
    ("this is it full stop", "This is it."),
    ("I need three things colon milk comma eggs and bread", "I need three things: milk, eggs and bread"),
    ("it rained semicolon we stayed", "It rained; we stayed"),
    ("wait dot dot dot what", "Wait… what"),
    ("and so on ellipsis", "And so on…"),
    ("he said open quote hello close quote", 'He said "hello"'),
    ("he said open quote hello period close quote", 'He said "hello."'),
    ("open parenthesis see below close parenthesis period", "(See below)."),
    ("item open bracket one close bracket", "Item [one]"),
    ("open brace x close brace", "{X}"),
    ("it was good dash really good", "It was good – really good"),  # noqa: RUF001 (the dash that is meant)
    ("a well hyphen known fact", "A well-known fact"),
    ("yes slash no", "Yes/no"),
    ("John apostrophe s book", "John's book"),
    ("fish ampersand chips", "Fish & chips"),
    ("fifty percent sign", "50%"),
    ("write to john at sign example dot com", "Write to john@example.com"),
    ("it costs dollar sign 50", "It costs $50"),
    ("see hash sign 42", "See #42"),
    ("20 degree sign outside", "20° outside"),
    ("x plus sign y equals sign z", "X + y = z"),
    ("user underscore name is set", "user_name is set"),
    ("open readme dot md", "Open readme.md"),
    ("C colon backslash temp", "C:\\temp"),
    ("press the left paren", "Press the left paren"),
    # Whisper's own marks beside them
    ("Hello, comma, how are you? Question mark.", "Hello, how are you?"),
    ("Hello. Comma. How are you?", "Hello, how are you?"),
    ("Hello. Comma. John is here.", "Hello, John is here."),
    ("Hello comma how are you question mark?", "Hello, how are you?"),
    ("Hello, comma how are you, question mark.", "Hello, how are you?"),
    ("I am done period.", "I am done."),
    ("I am done. Period.", "I am done."),
    ("I am done, period. Next thing.", "I am done. Next thing."),
    ("That is great! Exclamation mark!", "That is great!"),
    ("He said, open quote, hello there, close quote.", 'He said, "hello there".'),
    ("Open quote. Hello. Close quote.", '"Hello.".'),
    ("We have, open parenthesis, as agreed, close parenthesis, two weeks.", "We have, (as agreed) two weeks."),
    ("Fifty, percent sign, of them.", "Fifty% of them."),
    ("It is 50 percent sign.", "It is 50%."),
    ("comma comma", ","),
    ("what question mark exclamation mark", "What?!"),
    ("no exclamation mark exclamation mark", "No!!"),
    ("Is it? Question mark. Yes, period.", "Is it? Yes."),
    ("Email me at john, at sign, example, dot com.", "Email me at john@example.com."),
    ("Well, hyphen, known.", "Well-known."),
    ("Full stop.", "."),
    ("Comma and then we left.", ", and then we left."),
    ("Hello, how are you?", "Hello, how are you?"),
    ("He left… and came back.", "He left… and came back."),
    ("“Quoted” text, (with marks).", "“Quoted” text, (with marks)."),
    ("It's 3.5 p.m. on the U.S. coast.", "It's 3.5 p.m. on the U.S. coast."),
]

WORDS = [
    # a word that could be a mark and is none
    ("The period of time is long.", "The period of time is long."),
    ("It was a trial period.", "It was a trial period."),
    ("It was a long period", "It was a long period"),
    ("In the Victorian period people wore hats.", "In the Victorian period people wore hats."),
    ("Period pieces are my favorite.", "Period pieces are my favorite."),
    ("during that period we slept", "During that period we slept"),
    ("the grace period ends soon", "The grace period ends soon"),
    ("I live in Berlin period in summer it is hot", "I live in Berlin period in summer it is hot"),
    ("We came to a full stop.", "We came to a full stop."),
    ("Put a question mark at the end.", "Put a question mark at the end."),
    ("Where does the comma go?", "Where does the comma go?"),
    ("Comma separated values are easy.", "Comma separated values are easy."),
    ("Use the Oxford comma.", "Use the Oxford comma."),
    ("He has colon cancer.", "He has colon cancer."),
    ("The colon is part of the gut.", "The colon is part of the gut."),
    ("We should dash to the shop.", "We should dash to the shop."),
    ("Add a dash of salt.", "Add a dash of salt."),
    ("My dash cam broke.", "My dash cam broke."),
    ("They will slash prices.", "They will slash prices."),
    ("The results underscore the need for care.", "The results underscore the need for care."),
    ("Connect the dot to the line.", "Connect the dot to the line."),
    ("Draw a dot here.", "Draw a dot here."),
    ("We launch a new line of products.", "We launch a new line of products."),
    ("Wait in the next line.", "Wait in the next line."),
    ("Write a new paragraph about it.", "Write a new paragraph about it."),
    ("He bit the bullet.", "He bit the bullet."),
    ("Take the bullet train.", "Take the bullet train."),
    ("There was no silver bullet.", "There was no silver bullet."),
    ("The salary cap is high.", "The salary cap is high."),
    ("Put the cap on the bottle.", "Put the cap on the bottle."),
    ("Paris is the capital of France.", "Paris is the capital of France."),
    ("It has a large market cap.", "It has a large market cap."),
    ("Write it in all caps.", "Write it in all caps."),
    ("There is no space left on the disk.", "There is no space left on the disk."),
    ("I want to scratch that itch.", "I want to scratch that itch."),
    ("I could not undo that.", "I could not undo that."),
    ("You should stop listening to him.", "You should stop listening to him."),
    ("The word period has six letters.", "The word period has six letters."),
    ("He made an exclamation mark.", "He made an exclamation mark."),
    ("I saw quotes everywhere.", "I saw quotes everywhere."),
    ("Press the at sign key.", "Press the at sign key."),
]

LINES = [
    ("hello new line world", "Hello\nworld"),
    ("hello period new line how are you", "Hello.\nHow are you"),
    ("hello new paragraph world", "Hello\n\nWorld"),
    ("Hello. New line. World.", "Hello.\nWorld."),
    ("Hello. New paragraph. World.", "Hello.\n\nWorld."),
    ("Milk, new line, eggs, new line, bread.", "Milk\neggs\nbread."),
    ("Milk. New line. Eggs. New line. Bread.", "Milk.\nEggs.\nBread."),
    ("Dear John, new line. Thanks for your letter.", "Dear John,\nThanks for your letter."),
    ("Dear John, comma, new paragraph, thank you", "Dear John,\n\nThank you"),
    ("Hi Anna comma new line how are you", "Hi Anna,\nHow are you"),
    ("one newline two", "One\ntwo"),
    ("bullet milk bullet eggs bullet bread", "• Milk\n• Eggs\n• Bread"),
    ("Things to buy colon bullet point milk bullet point eggs", "Things to buy:\n• Milk\n• Eggs"),
    ("Bullet, milk. Bullet, eggs.", "• Milk.\n• Eggs."),
    ("New line.", "\n"),
    ("new paragraph", "\n\n"),
]

CAPITALS = [
    ("all caps hello world", "HELLO world"),
    ("all caps on hello world all caps off and more", "HELLO WORLD and more"),
    ("read the cap readme now", "Read the cap readme now"),
    ("please read cap readme now", "Please read Readme now"),
    ("cap hello cap world", "Hello World"),
    ("caps on the lord of the rings caps off is a book", "The Lord Of The Rings is a book"),
    ("no caps Hello", "hello"),
    ("no caps on HELLO World no caps off Yes", "hello world Yes"),
    ("write it in all caps please", "Write it in all caps please"),
    ("answer all caps asap please", "Answer ASAP please"),
    ("black no space bird", "Blackbird"),
    ("no space on get user name no space off now", "Getusername now"),
    ("iPhone sales are up", "iPhone sales are up"),
    ("example.com is down", "example.com is down"),
    ("i am here", "I am here"),
    ("hello period iPhone period x86 period ok", "Hello. iPhone. x86. Ok"),
]


def written(raw: str, rules: TextRules | None = None) -> str:
    return shape(raw, rules or TextRules(), None, "en").text


@pytest.mark.parametrize(("raw", "text"), MARKS, ids=[raw for raw, _ in MARKS])
def test_marks(raw, text):
    assert written(raw) == text


@pytest.mark.parametrize(("raw", "text"), WORDS, ids=[raw for raw, _ in WORDS])
def test_words_that_only_look_like_marks_stay(raw, text):
    assert written(raw) == text


@pytest.mark.parametrize(("raw", "text"), LINES, ids=[raw for raw, _ in LINES])
def test_lines(raw, text):
    assert written(raw) == text


@pytest.mark.parametrize(("raw", "text"), CAPITALS, ids=[raw for raw, _ in CAPITALS])
def test_capitals_and_joined_words(raw, text):
    assert written(raw) == text
