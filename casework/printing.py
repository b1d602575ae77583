"""Printing: a page of HTML to PDF, with the letters of every language; and a PDF under a passphrase.

Nothing is fetched: what a page shows stands in it, pictures as `data:` addresses. The libraries, and the system's
Pango under them, are loaded at the first print and never at a start, so that everything else works without them.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from io import BytesIO

MISSING = (
    "PDF files need Pango and the Noto fonts; on Debian: apt install libpango-1.0-0 libpangoft2-1.0-0 fonts-noto-core"
)

# Sindhi has letters that a Nastaliq font made for Urdu lacks, and is printed in Naskh; Latin letters and digits of a
# right-to-left line come from the same plain font everywhere.
FONTS = """
:root { font-family: "Noto Sans", "Noto Naskh Arabic", sans-serif; line-height: 1.5; }
:lang(ur) { font-family: "Noto Nastaliq Urdu", "Noto Sans", sans-serif; line-height: 2.3; }
:lang(ur-Latn) { font-family: "Noto Sans", "Noto Naskh Arabic", sans-serif; line-height: 1.5; }
:lang(sd) { font-family: "Noto Sans", "Noto Naskh Arabic", sans-serif; line-height: 1.8; }
"""


class CannotPrint(Exception):
    """This machine makes no PDF. The message says what to install."""


def printed(html: str) -> bytes:
    """A page as PDF, some 0.1 s. Put FONTS into its style. Raises CannotPrint.

    html  a whole document, with its language and direction; every value in it escaped
    """
    try:
        from weasyprint import HTML
        from weasyprint.urls import URLFetcher
    except (ImportError, OSError):  # OSError: the system lacks Pango
        raise CannotPrint(MISSING) from None
    _hush()
    made: bytes = HTML(string=html, url_fetcher=URLFetcher(allowed_protocols=("data",))).write_pdf()
    return made


def locked(pdf: bytes, passphrase: str, beside: Mapping[str, bytes] | None = None) -> bytes:
    """A PDF that opens with this passphrase only (AES-256, PDF 2.0), in the reader of any phone.

    beside  files that lie in it, under the same passphrase: name → content
    """
    from pypdf import PdfReader, PdfWriter

    _hush()
    writer = PdfWriter(clone_from=PdfReader(BytesIO(pdf)))
    writer.metadata = None  # when and by what it was made is nobody's business
    for name, content in (beside or {}).items():
        writer.add_attachment(name, content)
    writer.encrypt(passphrase, algorithm="AES-256")
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def _hush() -> None:
    # Their loggers name glyphs and quote pages at DEBUG: those are somebody's words.
    for name in ("weasyprint", "weasyprint.progress", "fontTools", "pypdf"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
