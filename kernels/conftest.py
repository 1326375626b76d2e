"""Kernels' tests keep their compiled cores in a folder of their own, which parallel test processes share."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    folder: Path = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    before = os.environ.get("STARLING_HOME")
    os.environ["STARLING_HOME"] = str(folder / "starling")
    yield
    if before is None:
        del os.environ["STARLING_HOME"]
    else:
        os.environ["STARLING_HOME"] = before
