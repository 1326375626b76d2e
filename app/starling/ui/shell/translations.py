"""The user's language, where there is a translation: Starling's own texts and Qt's."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from starling import locate

_PREFIXES = ("starling", "qtbase")


def install(app: QCoreApplication, locale: QLocale | None = None, own: Path | None = None) -> list[QTranslator]:
    """Load ``resources/translations/starling_<locale>.qm`` and Qt's ``qtbase_<locale>.qm``, as far as they are there.

    Args:
        app: gets the translators.
        locale: the user's if none is given; ``de_AT`` finds ``de_AT`` and then ``de``.
        own: another folder for Starling's files.

    Returns:
        The translators in use, Qt's first: the last one installed is asked first.
    """
    qt = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath))
    folders = {"starling": own or locate.shipped("resources", "translations"), "qtbase": qt}
    found = []
    for prefix in reversed(_PREFIXES):
        translator = QTranslator(app)
        if translator.load(locale or QLocale(), prefix, "_", str(folders[prefix]), ".qm"):
            app.installTranslator(translator)
            found.append(translator)
        else:
            translator.deleteLater()
    return found
