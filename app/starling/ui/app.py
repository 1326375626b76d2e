"""``starling`` without a command: the window, from the first look for a display to the exit code."""

from __future__ import annotations

import argparse
import os
from contextlib import ExitStack
from typing import TYPE_CHECKING

from starling import locate
from starling.core.errors import StarlingError
from starling.ui.shell import allocator, screens

if TYPE_CHECKING:
    from PySide6.QtGui import QSessionManager
    from PySide6.QtWidgets import QApplication

    from starling.ui.shell.shell import Shell
    from starling.ui.shell.single import SingleInstance


def run(options: argparse.Namespace) -> int:
    """Open the window and stay until it is quit.

    Args:
        options: ``minimized``: start in the tray or the task bar whatever the setting says; ``report_start``: print
            what the start took and quit.

    Returns:
        The exit code. 0 too when another Starling is running, whose window comes to the front then.

    Raises:
        StarlingError: there is no display, Qt or a library of it is missing, or the other one does not answer.
    """
    allocator.share_one_heap()
    platform = screens.usable()
    with ExitStack() as cleanup:
        app = _application(platform)
        first = _first_instance(app, cleanup)
        if first is None:
            return 0
        return _live(app, first, options, cleanup)


def _application(platform: tuple[str, ...]) -> QApplication:
    from PySide6.QtGui import QIcon
    from PySide6.QtWidgets import QApplication

    from starling import __version__
    from starling.ui.shell.identity import APP_ID, NAME, ORGANISATION

    QApplication.setApplicationName(ORGANISATION)
    QApplication.setApplicationDisplayName(NAME)
    QApplication.setApplicationVersion(__version__)
    QApplication.setOrganizationName(ORGANISATION)
    QApplication.setDesktopFileName(APP_ID)
    QApplication.setQuitOnLastWindowClosed(False)  # the shell decides
    app = QApplication([ORGANISATION, *platform])
    app.setWindowIcon(QIcon(str(locate.shipped("resources", "icons", "starling.svg"))))
    return app


def _first_instance(app: QApplication, cleanup: ExitStack) -> SingleInstance | None:
    """The claim to be the only window; None when there is one, which has been raised."""
    from starling.ui.shell.single import SingleInstance, activation_token

    token = activation_token(os.environ)
    os.environ.pop("DESKTOP_STARTUP_ID", None)  # nobody's but this start's
    instance = SingleInstance(locate.data_dir(), os.environ, app)
    try:
        if not instance.enter(token):
            return None
    except StarlingError as error:
        if token:  # from a menu: nobody reads what goes to stderr
            _show(error)
        raise
    cleanup.callback(instance.close)
    return instance


def _show(error: StarlingError) -> None:
    from PySide6.QtWidgets import QMessageBox

    from starling.ui.shell.identity import NAME

    box = QMessageBox(QMessageBox.Icon.Critical, NAME, error.message)
    box.setInformativeText(error.fix)
    box.exec()


def _live(app: QApplication, first: SingleInstance, options: argparse.Namespace, cleanup: ExitStack) -> int:
    from starling.ui.shell.faults import Faults
    from starling.ui.shell.signals import UnixSignals

    signals = UnixSignals(app)
    cleanup.callback(signals.close)
    shell = _shell(app, options)
    cleanup.callback(shell.finish)
    faults = Faults(shell.trouble)
    faults.install()
    cleanup.callback(faults.remove)

    signals.came.connect(shell.quit)
    first.raised.connect(shell.presence.bring)
    shell.ends.connect(first.deafen)
    _follow_session(app, shell)
    shell.show(options.minimized or shell.starts_minimized)
    return app.exec()


def _shell(app: QApplication, options: argparse.Namespace) -> Shell:
    from starling.pipeline.service import Service
    from starling.settings import store
    from starling.ui.bridge import Bridge
    from starling.ui.firstrun.due import due
    from starling.ui.history.page import HistoryPage
    from starling.ui.insertion.opening import InsertionMenu
    from starling.ui.look import theme
    from starling.ui.models.page import ModelsPage
    from starling.ui.shell import translations
    from starling.ui.shell.quitting import Deadline
    from starling.ui.shell.shell import Shell
    from starling.ui.voices.page import VoicesPage
    from starling.ui.window.main_window import MainWindow
    from starling.ui.window.privacy import PrivateMode

    settings = store.load()
    translations.install(app)
    theme.apply(app, settings.read("window.theme", str))
    bridge = Bridge()
    service = Service(settings, bridge.emit_from_any_thread)
    window = MainWindow(service, bridge, settings)
    window.add_page("voices", VoicesPage(service, bridge, settings))
    window.add_page("models", ModelsPage(service, bridge, settings))
    history = HistoryPage(service, bridge, settings)
    history.preferences_requested.connect(window.preferences_requested)
    window.add_page("history", history)
    PrivateMode(service, bridge, window.menus)
    InsertionMenu(settings, window)
    shell = Shell(settings, service, bridge, window, Deadline(locate.cache_dir()))
    shell.welcomes = not options.report_start and due(settings.path, locate.data_dir(), os.environ)
    if options.report_start:
        from starling.ui.shell.start_report import StartReport

        report = StartReport(bridge, shell.quit, shell)
        window.first_painted.connect(report.painted)
    return shell


def _follow_session(app: QApplication, shell: Shell) -> None:
    from PySide6.QtCore import Qt

    def ends(manager: QSessionManager) -> None:
        shell.session_ends()

    app.commitDataRequest.connect(ends, Qt.ConnectionType.DirectConnection)
