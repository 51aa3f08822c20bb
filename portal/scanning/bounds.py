"""Every limit on scanning, with its reason. The parent and its children have the same copy."""

from dataclasses import dataclass

MIB = 2**20


@dataclass(frozen=True, slots=True)
class Bounds:
    file_bytes: int = 12 * MIB
    """A 50-megapixel phone photo is 8 to 12 MB."""

    pixels: int = 50_000_000
    """The largest sensors that phones save by default; more is a decompression bomb."""

    full_size_pixels: int = 25_000_000
    """A larger picture is halved: that takes a quarter of the time, and its modules still have pixels to spare."""

    search_seconds: float = 1.5
    """After this no further step begins. A photo without a code has usually had every step by then."""

    wall_seconds: float = 4.0
    """A crafted wall of finder patterns keeps an engine busy for 7 s in one call, which only a kill can end."""

    cpu_seconds: int = 3
    """Enforced by the kernel, for a child that works on after its parent is gone; whole seconds."""

    memory_bytes: int = 1024 * MIB
    """Address space. The hungriest honest picture, a WebP of 50 megapixels, needs 820 MiB."""

    reply_bytes: int = 1 * MIB
    """The longest list of the longest codes is 0.6 MiB of JSON."""

    codes: int = 32
    """Nobody chooses from a longer list."""

    children: int = 2
    """As many as the smallest machine has cores. Pages never wait for photos."""

    queue: int = 8
    """Photos that may wait for a child; whoever sends another is told to come back."""

    queue_seconds: float = 5.0
    """With the wall limit after it, the longest wait of a visitor stays under 10 s."""

    start_seconds: float = 20.0
    """A child starts in 0.2 s; this is for a machine under heavy load."""

    images_per_child: int = 200
    """A new child starts with clean memory, whatever earlier pictures did to the libraries."""


ORDINARY = Bounds()
