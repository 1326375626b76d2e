"""A child process with framed messages on its stdin and stdout.

A child watches its stdin from a thread of its own and leaves when it ends, so it never outlives its parent.
(PR_SET_PDEATHSIG fires when the *thread* that spawned the child ends: only :func:`die_with_parent` uses it.)
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from starling.child import framing

if TYPE_CHECKING:
    from numpy.typing import NDArray

STDERR_LINES = 40
STDERR_LINE_BYTES = 4096
KILL_WAIT_S = 1.0
"""A process stuck inside a driver cannot be reaped until the driver lets go; nobody waits longer for it."""
THREAD_JOIN_S = 0.2
# On Windows a console program started by a windowed one would open a console.
_CREATION_FLAGS = int(getattr(subprocess, "CREATE_NO_WINDOW", 0))
_PR_SET_PDEATHSIG = 1
_PARENTS_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Child:
    """A running child.

    A reader thread hands every message to ``on_message`` and calls ``on_exit`` once, when the pipe ends.
    The last ``STDERR_LINES`` lines of its stderr are kept for error reports and logged nowhere.
    """

    def __init__(
        self,
        argv: Sequence[str],
        *,
        on_message: Callable[[framing.Message], None],
        on_exit: Callable[[], None],
        env: Mapping[str, str] | None = None,
        name: str = "child",
    ) -> None:
        self._on_message = on_message
        self._on_exit = on_exit
        self._write_lock = threading.Lock()
        self._stderr: deque[str] = deque(maxlen=STDERR_LINES)
        with _held_signals():
            self.process = subprocess.Popen(
                list(argv),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env={**os.environ, **env} if env else None,
                bufsize=-1,
                creationflags=_CREATION_FLAGS,
            )
        self._reader = threading.Thread(target=self._read, name=f"{name}-reader", daemon=True)
        self._drainer = threading.Thread(target=self._drain, name=f"{name}-stderr", daemon=True)
        self._reader.start()
        self._drainer.start()

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self.process.pid

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return self.process.poll() is None

    @property
    def stderr_tail(self) -> str:
        """The last lines the child wrote to stderr."""
        return "\n".join(self._stderr)

    def send(self, data: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]] | None = None) -> None:
        """Write one message. Raises OSError when the child is gone.

        Blocks while the pipe is full and the child does not read; :meth:`kill` from another thread ends that.
        """
        self.send_parts(framing.encode(data, arrays))

    def send_parts(self, parts: Iterable[bytes | memoryview]) -> None:
        """Write one frame made by :func:`starling.child.framing.encode`; blocks and raises as :meth:`send` does."""
        with self._write_lock:
            if self.process.stdin is None or self.process.stdin.closed:
                raise BrokenPipeError("child closed")
            framing.write_parts(cast(BinaryIO, self.process.stdin), parts)

    def kill(self) -> None:
        """End the child at once, frozen or not, and wait ``KILL_WAIT_S`` at most for its end."""
        with contextlib.suppress(OSError):
            self.process.kill()
        self._finish()

    def close(self, timeout_s: float = 1.0) -> None:
        """Close the child's stdin, which asks it to end; kill it after ``timeout_s``."""
        closer = threading.Thread(target=self._close_stdin, daemon=True)
        closer.start()
        try:
            self.process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self.process.kill()
        closer.join(1.0)
        self._finish()

    def _finish(self) -> None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(KILL_WAIT_S)
        for thread in (self._reader, self._drainer):
            if thread is not threading.current_thread():
                thread.join(THREAD_JOIN_S)
        if self.process.returncode is not None:  # else a writer may be stuck in the pipe, and closing would join it
            self._close_stdin()

    def _close_stdin(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            if self.process.stdin is not None:
                self.process.stdin.close()

    def _read(self) -> None:
        stream = cast(BinaryIO, self.process.stdout)
        try:
            while (message := framing.read(stream)) is not None:
                self._on_message(message)
        except (framing.FrameError, OSError, ValueError, MemoryError):
            self.process.kill()
        finally:
            stream.close()
            self._on_exit()

    def _drain(self) -> None:
        stream = self.process.stderr
        if stream is None:
            return
        # Bounded: a child that never ends its line must not fill our memory.
        while line := stream.readline(STDERR_LINE_BYTES):
            self._stderr.append(line.decode(errors="replace").rstrip())
        stream.close()


def leave_signals_to_the_parent() -> None:
    """Inside the child: Ctrl-C and the end of a session reach the whole group; the parent still needs its children."""
    for number in _PARENTS_SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _PARENTS_SIGNALS)


@contextlib.contextmanager
def _held_signals() -> Iterator[None]:
    """A process started inside is born with these signals blocked: one that comes before it can ignore them waits."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _PARENTS_SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def die_with_parent() -> None:
    """Inside the child, on Linux: be killed when the thread that started it ends, whatever native code does here.

    Only for a child of its parent's main thread. Watching stdin needs Python's lock, which a hung driver may hold.
    """
    if not sys.platform.startswith("linux"):
        return
    import ctypes

    parent = os.getppid()
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    if os.getppid() != parent:
        os._exit(0)


def take_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Inside the child: its message streams (in, out). stdout is pointed at stderr, so no print can break a frame."""
    incoming = os.fdopen(os.dup(0), "rb")
    outgoing = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    with open(os.devnull, "rb") as null:
        os.dup2(null.fileno(), 0)
    return incoming, outgoing
