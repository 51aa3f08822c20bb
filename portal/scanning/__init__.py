"""Image bytes → the texts of the QR codes in it, decoded in a disposable, bounded child process.

Knows nothing of licences: the texts are untrusted, and what they mean is decided elsewhere.
"""

from portal.scanning.bounds import Bounds
from portal.scanning.reading import Reader
from portal.scanning.scan import Scan, ScanFailure

__all__ = ["Bounds", "Reader", "Scan", "ScanFailure"]
