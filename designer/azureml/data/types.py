"""Constants of datasets."""

from __future__ import annotations

from enum import Enum

WORKSPACE_BLOB_DATASTORE, WORKSPACE_FILE_DATASTORE = "workspaceblobstore", "workspacefilestore"


class PromoteHeadersBehavior(Enum):
    """Which files have a header."""

    NO_HEADERS = 0
    ONLY_FIRST_FILE_HAS_HEADERS = 1
    COMBINE_ALL_FILES_HEADERS = 2
    ALL_FILES_HAVE_SAME_HEADERS = 3


class FileEncoding(Enum):
    """Encodings."""

    UTF8, ISO88591, LATIN1, ASCII, UTF16, WINDOWS1252 = "utf8", "iso88591", "latin1", "ascii", "utf16", "windows1252"


class HistogramCompareMethod(Enum):
    """How histograms are compared."""

    WASSERSTEIN, ENERGY = 0, 1
