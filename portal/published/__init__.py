"""The published keys and status lists: what a portal accepts of a folder, and how newer ones take their place there."""

from portal.published.files import KeysUnusable, signatures_beside
from portal.published.publishing import publication_steps, publish_trust_list
from portal.published.watching import PublishedFiles, read_history, read_keys

__all__ = [
    "KeysUnusable",
    "PublishedFiles",
    "publication_steps",
    "publish_trust_list",
    "read_history",
    "read_keys",
    "signatures_beside",
]
