from PySide6.QtWidgets import QLineEdit

from starling.ui.kit.searching import dress


def test_the_cross_is_there_while_there_is_something_to_clear(qtbot):
    field = QLineEdit()
    qtbot.addWidget(field)
    dress(field)
    clear = field.actions()[-1]
    assert not clear.isVisible()
    field.setText("x")
    assert clear.isVisible()
    clear.trigger()
    assert (field.text(), clear.isVisible()) == ("", False)
