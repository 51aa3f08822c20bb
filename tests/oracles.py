"""Programs and packages that share nothing with the project and answer the same questions. Where one is missing, what
is compared with it is skipped, and the skip says so; in the build (CI=true) a missing one is a failure.
"""

import importlib
import os
import shutil
import subprocess
from types import ModuleType
from typing import NoReturn

import pytest


def missing(what: str) -> NoReturn:
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} is missing; with CI=true nothing may be")
    pytest.skip(f"{what} is missing")


def gmssl_pyx() -> ModuleType:
    try:
        return importlib.import_module("gmssl_pyx")
    except ImportError:
        missing("the package gmssl-pyx")


def openssl_with_sm2() -> str:
    """The path of an `openssl` that was built with SM2; several distributions build theirs without."""
    path = shutil.which("openssl")
    if path is None:
        missing("the command openssl")
    if subprocess.run([path, "ecparam", "-name", "SM2", "-noout"], capture_output=True).returncode != 0:
        missing("SM2 in this machine's openssl")
    return path
