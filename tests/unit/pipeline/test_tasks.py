import threading

from starling.core.errors import StarlingError
from starling.pipeline.tasks import Tasks


def test_tasks_run_in_order_and_one_that_fails_does_not_end_the_others():
    failed, done, end = [], [], threading.Event()
    tasks = Tasks("test", failed.append)

    def refuse():
        raise StarlingError("a.b", "No.")

    def break_down():
        raise ValueError("private words")

    for task in (lambda: done.append(1), refuse, break_down, lambda: done.append(2), end.set):
        tasks.put(task)
    assert end.wait(5)
    tasks.close(5)
    assert done == [1, 2]
    assert [error.code for error in failed] == ["a.b", "internal.bug"]
    assert "private" not in str(failed[1])


def test_what_waits_is_dropped_at_the_end():
    began, go, done = threading.Event(), threading.Event(), []
    tasks = Tasks("test", lambda error: None)

    def slow():
        began.set()
        go.wait(5)

    tasks.put(slow)
    tasks.put(lambda: done.append(1))
    assert began.wait(5)
    closer = threading.Thread(target=tasks.close, args=(5,))
    closer.start()
    go.set()
    closer.join(5)
    tasks.put(lambda: done.append(2))
    assert done == []
