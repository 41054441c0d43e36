"""The tables of the app, and the rules of their rows. One module for each subject."""

from playground.models.attempts import Attempt
from playground.models.bills import NOT_CHARGED, NOT_KNOWN_YET, Bill
from playground.models.budgets import Budget, BudgetExceeded, BudgetWarning, Standing
from playground.models.candidates import Candidate
from playground.models.file_checks import BrokenFile, FileCheck
from playground.models.generations import Generation
from playground.models.images import GeneratedImage
from playground.models.ledger import AppendOnly, LedgerEntry
from playground.models.lineage import Descent, Lineage
from playground.models.queries import HISTORY_LENGTH, RequestIdReused
from playground.models.rates import ListChanged, PublishedPrices, TakenRates, current_rates, rates_of
from playground.models.references import Delivery, Reference, ReferenceAddress, ReferenceGone, ReferenceUse
from playground.models.share_links import SharedImage, ShareLink
from playground.models.status import Charged, CostSource, Found, Status, Superseded
from playground.models.workers import Heartbeat

__all__ = [
    "HISTORY_LENGTH",
    "NOT_CHARGED",
    "NOT_KNOWN_YET",
    "AppendOnly",
    "Attempt",
    "Bill",
    "BrokenFile",
    "Budget",
    "BudgetExceeded",
    "BudgetWarning",
    "Candidate",
    "Charged",
    "CostSource",
    "Delivery",
    "Descent",
    "FileCheck",
    "Found",
    "GeneratedImage",
    "Generation",
    "Heartbeat",
    "LedgerEntry",
    "Lineage",
    "ListChanged",
    "PublishedPrices",
    "Reference",
    "ReferenceAddress",
    "ReferenceGone",
    "ReferenceUse",
    "RequestIdReused",
    "ShareLink",
    "SharedImage",
    "Standing",
    "Status",
    "Superseded",
    "TakenRates",
    "current_rates",
    "rates_of",
]
