from collections.abc import Iterator

import pytest

from portal.scanning import Reader


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    """For the tests of a file that do it no harm; the others make their own."""
    with Reader() as reader:
        yield reader
