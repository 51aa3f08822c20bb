"""Which corners can be those of a square on paper: others are not worth a look, and cannot be flattened."""

import pytest

from portal.scanning.sight import Corners, is_plausible

PLAUSIBLE: dict[str, Corners] = {
    "from the front": ((0, 0), (100, 0), (100, 100), (0, 100)),
    "from the side": ((0, 0), (40, 20), (40, 80), (0, 100)),
    "in a mirror": ((100, 0), (0, 0), (0, 100), (100, 100)),
}
IMPLAUSIBLE: dict[str, Corners] = {
    "a strip": ((0, 0), (100, 0), (100, 20), (0, 20)),
    "sides that cross": ((0, 0), (100, 0), (0, 100), (100, 100)),
    "a corner inside the others": ((60, 60), (100, 0), (100, 100), (0, 100)),
    "three corners in a line": ((50, 50), (100, 0), (100, 100), (0, 100)),
    "a speck": ((0, 0), (0.9, 0), (0.9, 0.9), (0, 0.9)),
}


@pytest.mark.parametrize("name", PLAUSIBLE | IMPLAUSIBLE)
def test_a_square_can_look_like_this_whichever_corner_is_the_first(name: str) -> None:
    a, b, c, d = (PLAUSIBLE | IMPLAUSIBLE)[name]
    answers = [is_plausible(corners) for corners in ((a, b, c, d), (b, c, d, a), (c, d, a, b), (d, a, b, c))]
    assert answers == [name in PLAUSIBLE] * 4
