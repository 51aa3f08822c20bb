"""The way in: picture bytes → Scan. Never an exception, never a hang; a picture is neither stored nor logged.

Pictures are decoded in disposable children, started when first needed. A Reader belongs to the process that made it.
"""

import logging
import queue
import threading
import time
from dataclasses import replace
from typing import Self

from portal.scanning.bounds import ORDINARY, Bounds
from portal.scanning.disposable import Child, ChildLost
from portal.scanning.image_types import image_type
from portal.scanning.scan import Scan, ScanFailure

log = logging.getLogger(__name__)
OVERLOADED = Scan(failure=ScanFailure.overloaded)


class Reader:
    """Safe for any number of threads."""

    def __init__(self, bounds: Bounds = ORDINARY) -> None:
        self._bounds = bounds
        self._seats = threading.BoundedSemaphore(bounds.children + bounds.queue)
        # A place for each child, empty until it is needed; last in, first out keeps one child warm.
        self._places: queue.LifoQueue[Child | None] = queue.LifoQueue()
        for _ in range(bounds.children):
            self._places.put(None)
        self._closing = threading.Lock()
        self._closed = False
        self._unsaid = threading.Semaphore(1)  # taken by the first to log that libzbar is missing

    def read(self, image: bytes) -> Scan:
        start = time.monotonic()
        scan = self._refuse(image) or self._read_in_turn(image)
        return replace(scan, milliseconds=round((time.monotonic() - start) * 1000))

    @property
    def photos(self) -> int:
        """How many are being read, or wait for it."""
        return self._bounds.children + self._bounds.queue - self._seats._value

    def close(self) -> None:
        """End every child once its current picture is done; whoever still waits is told `overloaded`."""
        with self._closing:
            self._closed = True
            children = [self._places.get() for _ in range(self._bounds.children)]
            for child in children:
                if child is not None:
                    child.end()
                self._places.put(None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _refuse(self, image: bytes) -> Scan | None:
        if len(image) > self._bounds.file_bytes:
            return Scan(failure=ScanFailure.too_large)
        if image_type(image) is None:
            return Scan(failure=ScanFailure.unsupported_type)
        return None

    def _read_in_turn(self, image: bytes) -> Scan:
        if not self._seats.acquire(blocking=False):
            return OVERLOADED
        try:
            return self._read_at_a_place(image)
        finally:
            self._seats.release()

    def _read_at_a_place(self, image: bytes) -> Scan:
        try:
            child = self._places.get(timeout=self._bounds.queue_seconds)
        except queue.Empty:
            return OVERLOADED
        kept: Child | None = None
        try:
            scan, kept = self._ask(child, image)
        finally:
            self._places.put(kept)
        return scan

    def _ask(self, child: Child | None, image: bytes) -> tuple[Scan, Child | None]:
        if self._closed:
            return OVERLOADED, child
        try:
            child = self._ready(child)
        except ChildLost as lost:
            log.error("no scanning child can be started: %s", lost)
            return OVERLOADED, None
        try:
            return child.read(image), child
        except ChildLost as lost:
            log.warning("a scanning child was ended over a picture: %s", lost)
            return Scan(failure=ScanFailure.unreadable_image), None

    def _ready(self, child: Child | None) -> Child:
        if child is not None:
            if child.is_usable:
                return child
            child.end()
        child = Child(self._bounds)
        if "pyzbar" not in child.engines and self._unsaid.acquire(blocking=False):
            log.warning("libzbar is not installed (Debian: libzbar0): photos are read by zxing-cpp alone")
        return child
