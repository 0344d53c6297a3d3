"""Who may be written to, where and about what: an append-only ledger of consents."""

from typing import Literal

Channel = Literal["line", "email"]
Purpose = Literal["marketing", "service"]
ConsentStatus = Literal["none", "pending_doi", "granted", "withdrawn"]
Age = Literal["adult", "minor", "unknown"]
