import os

import pytest

from starling.npu.monitor.memory import buffer_bytes, held
from starling.npu.sysroot import Sysroot

HEAD = "pos:\t0\nflags:\t02100002\ndrm-driver:\tamdxdna_accel_driver\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", None),
        ("pos:\t0\n", None),
        (HEAD, None),
        (HEAD + "drm-total-memory:\t64 MiB\n", 64 << 20),
        (HEAD + "drm-total-memory:\t1536 KiB\ndrm-total-heap:\t512 KiB\n", 2 << 20),
        (HEAD + "drm-total-memory:\t4096\n", 4096),
        (HEAD + "drm-memory-cpu:\t16 KiB\n", 16 << 10),
        (HEAD + "drm-memory-cpu:\t16 KiB\ndrm-total-cpu:\t32 KiB\n", 32 << 10),
        (HEAD + "drm-total-memory:\t-3 MiB\n", None),
        (HEAD + "drm-total-memory:\t12 parsecs\n", None),
        (HEAD + "drm-total-memory:\t" + "9" * 40 + " KiB\n", None),
        ("\0\ufffd:::\n:\n", None),
    ],
)
def test_what_one_file_tells(text, expected):
    assert buffer_bytes(text) == expected


def test_a_client_counts_once_and_other_drivers_do_not(tmp_path):
    folder = tmp_path / "proc/77/fdinfo"
    folder.mkdir(parents=True)
    (folder / "3").write_text(HEAD + "drm-client-id:\t5\ndrm-total-memory:\t1 MiB\n")
    (folder / "4").write_text(HEAD + "drm-client-id:\t5\ndrm-total-memory:\t1 MiB\n")
    (folder / "5").write_text(HEAD + "drm-client-id:\t6\ndrm-total-memory:\t2 MiB\n")
    (folder / "6").write_text("drm-driver:\tamdgpu\ndrm-total-vram:\t900 MiB\n")
    (folder / "7").write_text("pos:\t0\n")
    assert held(77, Sysroot(tmp_path)) == 3 << 20


def test_a_process_without_the_npu_holds_nothing_that_is_known(tmp_path):
    assert held(77, Sysroot(tmp_path)) is None
    assert held(os.getpid()) is None
