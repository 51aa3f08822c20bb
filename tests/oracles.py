"""Programs and packages that share nothing with the project and answer the same questions. Where one is missing, what
is compared with it is skipped, and the skip says so; in the build (CI=true) a missing one is a failure.
"""

import importlib
import os
from types import ModuleType
from typing import NoReturn

import pytest

from portal.authority import sm2_signing


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
    """The path of an `openssl` that was built with SM2."""
    try:
        return sm2_signing.openssl_with_sm2()
    except sm2_signing.Sm2Unavailable:
        missing("an openssl with SM2")
