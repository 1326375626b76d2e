"""The settings of a run: read once, checked, changed one by one, saved at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from starling import locate
from starling.core.errors import StarlingError
from starling.settings import file, migrations
from starling.settings.checks import checked, shown, unknown
from starling.settings.migrations import MIGRATIONS, VERSION_KEY, Migration
from starling.settings.schema import SETTINGS, Setting, Value

FILE_NAME = "settings.toml"
T = TypeVar("T", bool, int, float, str)


class Settings:
    """What the user chose, with the defaults below it.

    Attributes:
        path: the file; it need not exist.
        warnings: what was wrong with the file, each with a fix; the default stands in for a bad value.
    """

    def __init__(
        self, path: Path, declared: Sequence[Setting] = SETTINGS, changes: Sequence[Migration] = MIGRATIONS
    ) -> None:
        self.path = path
        self.warnings: list[StarlingError] = []
        self._declared = {setting.key: setting for setting in declared}
        self._changes = changes
        self._chosen: dict[str, Value] = {}
        self._read_only: StarlingError | None = None
        self._load()

    def get(self, key: str) -> Value:
        """The value in use. Raises StarlingError ``settings.unknown``."""
        return self._chosen.get(key, self._setting(key).default)

    def read(self, key: str, kind: type[T]) -> T:
        """The value in use, in the type it was declared with. Raises TypeError when that is not ``kind``."""
        value = self.get(key)
        if type(value) is not kind:
            raise TypeError(f"{key} is declared as {type(value).__name__}, not {kind.__name__}")
        return value

    def set(self, key: str, value: Value) -> None:
        """Use the value from now on and save it.

        Raises:
            StarlingError: ``settings.unknown`` or ``settings.bad_value``: nothing has changed. ``settings.newer``,
                ``settings.unreadable``, ``settings.unwritable`` or ``settings.busy``: it is used and not saved.
        """
        self.use(key, value)
        self.save(key)

    def reset(self, key: str) -> None:
        """Go back to the default and take the key out of the file. Raises as :meth:`set`."""
        self.forget(key)
        self.save(key)

    def use(self, key: str, value: Value) -> None:
        """Use the value from now on; :meth:`save` saves it. Touches no file.

        Raises:
            StarlingError: ``settings.unknown`` or ``settings.bad_value``: nothing has changed.
        """
        self._chosen[key] = checked(self._setting(key), value)

    def forget(self, key: str) -> None:
        """Use the default from now on; :meth:`save` takes the key out of the file. Raises as :meth:`use`."""
        self._setting(key)
        self._chosen.pop(key, None)

    def save(self, key: str) -> None:
        """Bring the file to what is in use for this key; waits for the disk and for other processes.

        Raises:
            StarlingError: as :meth:`set`; the value stays in use.
        """
        self._save(key, self._chosen.get(key))

    def default(self, key: str) -> Value:
        """What holds without a choice. Raises StarlingError ``settings.unknown``."""
        return self._setting(key).default

    def _setting(self, key: str) -> Setting:
        try:
            return self._declared[key]
        except KeyError:
            raise unknown(key, self._declared) from None

    def _load(self) -> None:
        try:
            document = self._document()
        except OSError as error:
            self._refuse(
                "settings.unreadable",
                f"The settings in {self.path} cannot be read: {error.strerror or error}.",
                "Defaults are in use; it has to be a file that you may read.",
            )
            return
        self._check_version(document)
        migrations.migrate(document, self._changes)
        for key, value in _flat(document, {key.partition(".")[0] for key in self._declared}):
            self._take(key, value)

    def _document(self) -> dict[str, Any]:
        """The file's contents; empty, with a warning, once a damaged file is out of the way. Raises OSError."""
        try:
            return file.parse(file.read_text(self.path))
        except file.DamagedError:
            pass
        try:
            with file.locked(self.path):
                return file.parse(self._sound_text())  # another process may have been faster
        except StarlingError as error:
            self._refuse(
                "settings.damaged",
                f"The settings in {self.path} are damaged and cannot be moved out of the way. {error.message}",
                "Defaults are in use; mend the file or delete it.",
            )
            return {}

    def _sound_text(self) -> str:
        """The file's text; a damaged file is set aside first. For use inside the lock. Raises OSError."""
        try:
            text = file.read_text(self.path)
            file.parse(text)
            return text
        except file.DamagedError:
            kept = file.set_aside(self.path)
        self.warnings.append(
            StarlingError(
                "settings.damaged",
                f"The settings in {self.path} are damaged; defaults are in use.",
                f"The damaged file is kept as {kept.name}: copy from it what you need.",
            )
        )
        return ""

    def _refuse(self, code: str, message: str, fix: str) -> None:
        """From now on nothing is written, for the reason given."""
        self._read_only = StarlingError(code, message, fix)
        self.warnings.append(self._read_only)

    def _check_version(self, document: Mapping[str, Any]) -> None:
        version, mine = migrations.version_of(dict(document)), migrations.latest(self._changes)
        if version > mine:
            self._refuse(
                "settings.newer",
                f"The settings in {self.path} are from a newer Starling (version {version}, this one knows {mine}).",
                "They are read as far as possible and not changed; update Starling to change them.",
            )

    def _take(self, key: str, value: Any) -> None:
        if key not in self._declared:
            self.warnings.append(unknown(key, self._declared))
            return
        try:
            self._chosen[key] = checked(self._declared[key], value)
        except StarlingError as error:
            self.warnings.append(error)

    def _save(self, key: str, value: Value | None) -> None:
        """Change one key of the file as it is now: another process may have changed others."""
        if self._read_only:
            raise self._read_only
        with file.locked(self.path):
            text = self._sound_text()
            self._check_version(file.parse(text))
            if self._read_only:
                raise self._read_only
            file.replace(self.path, self._edited(text, key, value))

    def _edited(self, text: str, key: str, value: Value | None) -> str:
        import tomlkit  # slow to import, and only a change needs it

        document = tomlkit.parse(text)
        migrations.migrate(document, self._changes)
        section, _, name = key.partition(".")
        table = document.setdefault(section, tomlkit.table())
        if not isinstance(table, MutableMapping):
            raise StarlingError(
                "settings.bad_value",
                f"In {self.path}, {section} is {shown(table)}, where a section [{section}] belongs.",
                "Delete or rename that line.",
            )
        if value is None:
            table.pop(name, None)
        else:
            table[name] = value
        return tomlkit.dumps(document)


def load(path: Path | None = None) -> Settings:
    """The user's settings, from :func:`starling.locate.config_dir` unless another file is given."""
    return Settings(path or locate.config_dir() / FILE_NAME)


def _flat(document: Mapping[str, Any], sections: set[str]) -> Iterator[tuple[str, Any]]:
    for section, values in document.items():
        if section == VERSION_KEY:
            continue
        if isinstance(values, Mapping) and section in sections:
            yield from ((f"{section}.{name}", value) for name, value in values.items())
        else:
            yield section, values
