"""The published keys and status lists: what a portal accepts from a folder, and how newer ones are put there."""

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
