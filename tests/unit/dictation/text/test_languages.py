import pytest

from starling.dictation.text.languages import known_languages, language_table, parse
from starling.dictation.text.rules import TextRules
from starling.dictation.text.shape import shape

N = "\u00a0"
GERMAN = [
    ("Hallo Komma wie geht es dir Fragezeichen", "Hallo, wie geht es dir?"),
    ("Hallo, Komma, wie geht es dir? Fragezeichen.", "Hallo, wie geht es dir?"),
    ("Das ist gut Punkt", "Das ist gut."),
    ("Das ist gut. Punkt. Neue Zeile. Morgen komme ich Ausrufezeichen", "Das ist gut.\nMorgen komme ich!"),
    ("Das ist ein wichtiger Punkt.", "Das ist ein wichtiger Punkt."),
    ("Punkt 3 der Tagesordnung", "Punkt 3 der Tagesordnung"),
    ("Wir treffen uns um Punkt zwölf Uhr.", "Wir treffen uns um Punkt zwölf Uhr."),
    ("In diesem Punkt hat er recht", "In diesem Punkt hat er recht"),
    ("Er sagte Doppelpunkt Anführungszeichen auf hallo Anführungszeichen zu", "Er sagte: „hallo“"),
    ("Das kostet 3 Komma 5 Euro Punkt", "Das kostet 3,5 Euro."),
    ("Null Komma fünf Prozent", "Null Komma fünf Prozent"),
    ("Da fehlt ein Komma.", "Da fehlt ein Komma."),
    ("Liebe Anna, neue Zeile. Danke für den Brief.", "Liebe Anna,\nDanke für den Brief."),
    ("Milch, neue Zeile, Eier", "Milch\nEier"),
    ("Eine neue Zeile ist leer", "Eine neue Zeile ist leer"),
    ("Schluss Punkt neuer Absatz danach", "Schluss.\n\nDanach"),
    ("siehe Klammer auf unten Klammer zu Punkt", "Siehe (unten)."),
    ("50 Prozentzeichen", f"50{N}%"),
    ("info At-Zeichen firma", "info@firma"),
    ("Nord Bindestrich Süd", "Nord-Süd"),
    ("Aufzählungspunkt Milch Aufzählungspunkt Eier", "• Milch\n• Eier"),
    ("alles groß wichtig bitte", "WICHTIG bitte"),
    ("Die Mannschaft holt drei Punkte.", "Die Mannschaft holt drei Punkte."),
    ("und so weiter Auslassungspunkte", "Und so weiter…"),
]
FRENCH = [
    ("Bonjour virgule comment ça va point d'interrogation", f"Bonjour, comment ça va{N}?"),
    ("Bonjour, virgule, comment ça va ? Point d’interrogation.", f"Bonjour, comment ça va{N}?"),  # noqa: RUF001
    ("Comment ça va ?", "Comment ça va ?"),
    ("C'est un point de vue point", "C'est un point de vue."),
    ("À ce point je ne sais plus", "À ce point je ne sais plus"),
    ("C'est fini point à la ligne merci", "C'est fini.\nMerci"),
    ("Il va aller à la ligne", "Il va aller à la ligne"),
    ("Il dit deux points ouvrez les guillemets bonjour fermez les guillemets point", f"Il dit{N}: «{N}bonjour{N}»."),
    ("Il gagne deux points de plus", "Il gagne deux points de plus"),
    ("50 signe pour cent", f"50{N}%"),
    ("jean arobase exemple", "jean@exemple"),
    ("fin point nouveau paragraphe suite", "Fin.\n\nSuite"),
    ("ouvrez la parenthèse oui fermez la parenthèse", "(Oui)"),
    ("C'est une virgule mal placée", "C'est une virgule mal placée"),
    ("il est minuscule", "Il est minuscule"),
    ("rendez trait d'union vous", "Rendez-vous"),
]
SPANISH = [
    ("Hola coma cómo estás", "Hola, cómo estás"),
    ("abrir interrogación cómo estás cerrar interrogación", "¿Cómo estás?"),
    ("Hola coma me llamo Juan punto y aparte vivo en Madrid punto", "Hola, me llamo Juan.\n\nVivo en Madrid."),
    ("Está en coma.", "Está en coma."),
    ("Que coma bien.", "Que coma bien."),
    ("En este punto no sé", "En este punto no sé"),
    ("Es un punto de vista", "Es un punto de vista"),
    ("Termina aquí punto y seguido sigue", "Termina aquí. Sigue"),
    ("Llueve punto y coma nos quedamos", "Llueve; nos quedamos"),
    ("Dijo dos puntos abrir comillas hola cerrar comillas", "Dijo: «hola»"),
    ("Ganó por dos puntos.", "Ganó por dos puntos."),
    ("leche nueva línea pan", "Leche\npan"),
    ("ana arroba ejemplo", "ana@ejemplo"),
    ("y así puntos suspensivos", "Y así…"),
    ("qué bien signo de exclamación", "Qué bien!"),
    ("3 coma 5 metros", "3,5 metros"),
]
CASES = [(code, *case) for code, table in (("de", GERMAN), ("fr", FRENCH), ("es", SPANISH)) for case in table]


@pytest.mark.parametrize(("language", "raw", "text"), CASES, ids=[f"{code}: {raw}" for code, raw, _ in CASES])
def test_marks(language, raw, text):
    assert shape(raw, TextRules(), None, language).text == text


def test_four_languages_have_a_table():
    assert {"de", "en", "es", "fr"} <= set(known_languages())


@pytest.mark.parametrize("code", known_languages())
def test_a_table_is_sound(code):
    table = language_table(code)
    said = [words for rows in table.entries.values() for words, _ in rows]
    assert len(said) == len(set(said)), "said for two things"
    deeds = {entry.deed for rows in table.entries.values() for _, entry in rows}
    assert {"write", "line", "paragraph", "bullet", "upper", "join", "undo", "stop", "pause", "resume"} <= deeds
    for rows in table.entries.values():
        for words, entry in rows:
            assert (entry.deed in ("write", "bullet")) <= bool(entry.write), words
    written = {entry.write.strip() for rows in table.entries.values() for _, entry in rows}
    assert {".", ",", "?", "!", ":", ";", "(", ")", "%", "@", "-", "/", "…"} <= written


@pytest.mark.parametrize("code", known_languages())
def test_every_mark_is_written_when_it_is_said_clearly(code):
    """With the recogniser's pauses around it, each entry does what it says."""
    table = language_table(code)
    for rows in table.entries.values():
        for words, entry in rows:
            if entry.deed == "write" and not entry.only_before:
                text = shape(f"xxx {' '.join(words)}.", TextRules(), None, code).text
                assert text.casefold().startswith("xxx"), words
                assert entry.write.strip() in text, words
                assert words[0] not in text.casefold(), words


@pytest.mark.parametrize("code", ["en-GB", "en_US", "EN"])
def test_regions_share_their_language(code):
    assert language_table(code).code == "en"


@pytest.mark.parametrize("code", ["", "xx", "../en", "zh", "😀"])
def test_a_language_without_a_table_is_left_as_it_is(code):
    assert shape("hello comma world new line", TextRules(), None, code).text == "Hello comma world new line"


def test_a_wrong_table_is_a_fault_of_ours():
    with pytest.raises(TypeError):
        parse("en", {"say": [{"words": ["x"], "wrong": 1}]})
