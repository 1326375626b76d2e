"""What a killed process leaves of JACK's library, with which PortAudio is linked on most distributions.

The library keeps a database in shared memory, also where no JACK server runs. A process that is killed at the wrong
moment leaves its lock locked, and from then on PortAudio never starts for this user: no microphone, no speaker, until
the machine is restarted.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from pathlib import Path

SHARED = Path("/dev/shm")
_SERVERS = frozenset(("jackd", "jackdbus"))


def clear(shared: Path = SHARED, processes: Path = Path("/proc")) -> bool:
    """Take the database of this user away, which the next start makes anew; whether there was one to take.

    For when PortAudio did not start. While a JACK server runs its clients need it, and it stays.
    """
    if sys.platform != "linux":
        return False
    folder = shared / f"jack_db-{os.getuid()}"
    aside = folder.with_name(f".{folder.name}-{os.getpid()}")
    try:
        if folder.lstat().st_uid != os.geteuid() or _server_runs(processes):
            return False
        folder.rename(aside)  # at once: another process may be making its own
    except OSError:
        return False
    shutil.rmtree(aside, ignore_errors=True)
    return True


def _server_runs(processes: Path) -> bool:
    for name in processes.glob("[0-9]*/comm"):
        with contextlib.suppress(OSError):  # ended meanwhile
            if name.read_text().strip() in _SERVERS:
                return True
    return False
