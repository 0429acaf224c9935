"""What reading a broken archive raises, whichever part is broken: KMZ, XLSX and zipped File GDB are archives."""

from __future__ import annotations

import lzma
import zipfile
import zlib
from typing import Final

__all__ = ["BROKEN", "fault_of"]

BROKEN: Final = (
    zipfile.BadZipFile,  # no archive, or a part whose checksum is wrong
    zlib.error,  # a damaged part, packed by DEFLATE
    lzma.LZMAError,  # by LZMA
    OSError,  # by bzip2; or the file cannot be read
    EOFError,  # a part longer than the file
    RuntimeError,  # a part under a password, or (its subclass NotImplementedError) packed in a way that is not known
)


def fault_of(error: Exception) -> str:
    """Say it in a few words; some of these errors have none.

    Examples
    --------
    >>> fault_of(zlib.error("Error -3")), fault_of(EOFError())
    ('Error -3', 'EOFError')
    """
    return str(error)[:200] or type(error).__name__
