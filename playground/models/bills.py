"""What is known about the cost of a generation."""

from dataclasses import dataclass
from decimal import Decimal

from playground.models.status import Charged, CostSource


@dataclass(frozen=True)
class Bill:
    """Whether a generation was charged, its cost in credits, and where the cost comes from. Without a cost it is not
    known yet."""

    charged: Charged
    cost: Decimal | None = None
    source: CostSource | str = ""

    @property
    def known(self) -> bool:
        return self.cost is not None


NOT_KNOWN_YET = Bill(Charged.CHECKING)
NOT_CHARGED = Bill(Charged.NO, Decimal(0))
