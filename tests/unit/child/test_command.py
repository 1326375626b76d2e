import os
import subprocess
import sys

from starling.child.command import python_argv


def test_an_old_foreign_python_takes_nothing_from_the_folder_it_is_started_in(tmp_path):
    """One before 3.11 does not know PYTHONSAFEPATH, so it is not set here."""
    for name in ("numpy.py", "importlib.py"):
        (tmp_path / name).write_text("raise SystemExit(77)")
    interpreter = tmp_path / "python"
    interpreter.symlink_to(os.path.realpath(sys.executable))
    env = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    argv = python_argv(str(interpreter))
    done = subprocess.run(argv, cwd=tmp_path, env=env, input=b"", capture_output=True, timeout=30, check=False)
    assert done.returncode != 77, done.stderr
