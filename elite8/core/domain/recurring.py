"""Money that comes back each month: MRR, what moved it, churn by name, what people are worth.

Amounts are whole minor units of one currency; movements add up to the last of them. Definitions:
subscribers.md section 7; gross and net churn as ChartMogul has them (help.chartmogul.com articles
203359341 and 4414075567250), which counts reactivation in net churn; others do not (NRR here).
"""

from dataclasses import dataclass

import numpy as np

from elite8.core.domain.arrays import Counts, Flags, Floats, Numbers, flags, floats, same_length
from elite8.core.domain.moves import Moves
from elite8.core.domain.share import Share


def monthly(paid: Counts, months: Counts) -> Counts:
    """Return the month's part of what was paid for so many months, to the nearest, halves to even.

    Paid means paid: after the discount. A trial and a gift are 0; tips and messages do not belong.
    """
    same_length(paid=paid, months=months)
    if (paid < 0).any() or (months < 1).any():
        raise ValueError("a price is under 0, or a period under a month")
    whole, rest = np.divmod(paid, months)
    up = (2 * rest > months) | ((2 * rest == months) & (whole % 2 == 1))
    return np.asarray(whole + up)


@dataclass(frozen=True, slots=True, kw_only=True)
class Movements(Moves):
    """What became of MRR from one instant to another, and of who paid it."""

    kept: int
    """What of the start is still paid, at most what each paid: never more than the start."""
    customers: Share
    """Who left of those who paid at the start."""
    paying: int

    @property
    def gross_churn(self) -> float | None:
        """Return (churned + contraction) / start; None without a start."""
        return self.of_start(self.churned + self.contraction)

    @property
    def net_churn(self) -> float | None:
        """Return (churned + contraction - expansion - reactivation) / start (ChartMogul)."""
        lost = self.churned + self.contraction
        return self.of_start(lost - self.expansion - self.reactivation)

    @property
    def net_retention(self) -> float | None:
        """Return NRR, (start + expansion - contraction - churned) / start: without reactivation."""
        return self.of_start(self.start + self.expansion - self.contraction - self.churned)

    @property
    def gross_retention(self) -> float | None:
        """Return GRR, (start - contraction - churned) / start: never above 1."""
        return self.of_start(self.kept)

    @property
    def per_customer(self) -> float | None:
        """Return MRR at the end by who pays then: ARPPU of what recurs."""
        return self.end / self.paying if self.paying else None

    def of_start(self, amount: int) -> float | None:
        """Return an amount as a share of the start."""
        return amount / self.start if self.start else None


def movements(before: Counts, after: Counts, paid_ever: Flags) -> Movements:
    """Return what moved MRR, an entry a subscription: at the start, at the end, and ever before.

    Someone who pays now, did not at the start and had done so before it is a reactivation. One who
    left and came back in between moved nothing. All are of one currency.
    """
    known = flags(paid_ever, "paid_ever")
    same_length(before=before, after=after, paid_ever=known)
    for name, amounts in (("before", before), ("after", after)):
        if not np.issubdtype(amounts.dtype, np.integer) or (amounts < 0).any():
            raise ValueError(f"{name} has an amount that is not whole minor units of 0 or more")
    change = after - before
    comes, goes = (before == 0) & (after > 0), (before > 0) & (after == 0)
    stays = (before > 0) & (after > 0)
    return Movements(
        start=int(before.sum()),
        new=int(after[comes & ~known].sum()),
        reactivation=int(after[comes & known].sum()),
        expansion=int(change[stays & (change > 0)].sum()),
        contraction=-int(change[stays & (change < 0)].sum()),
        churned=int(before[goes].sum()),
        end=int(after.sum()),
        kept=int(np.minimum(before, after).sum()),
        customers=Share(int(goes.sum()), int((before > 0).sum())),
        paying=int((after > 0).sum()),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """What somebody is worth: minor units, never without its horizon and discount."""

    amount: float
    horizon: int
    discount: float
    method: str

    @property
    def told(self) -> str:
        """Return what it rests on, in words."""
        span = f"over {self.horizon} periods" if self.horizon else "without a horizon"
        return f"{self.method}, {span}, {self.discount:.1%} discount a period"


def lifetime_value(margin: float, survival: Numbers, *, discount: float, method: str) -> Worth:
    """Return what a new subscriber is worth: the sum of m * S(k) / (1+d)^k from k = 0.

    `survival` is S(0), S(1) and so on to the horizon, of sBG or Kaplan and Meier; not revenue by
    churn, which takes the risk of leaving as the same for ever (Fader and Hardie, note 016).
    """
    share = floats(survival, "survival", least=0)
    if not share.size or (np.diff(share) > 0).any() or share[0] > 1:
        raise ValueError("survival begins at 1 at most and never rises")
    if discount < 0:
        raise ValueError("discount is under 0")
    worth = discounted(share, discount)
    return Worth(amount=margin * worth, horizon=share.size, discount=discount, method=method)


def discounted(amounts: Floats, discount: float) -> float:
    """Return what amounts of period 0, 1 and so on are worth at period 0."""
    return float(amounts @ (1 + discount) ** -np.arange(float(amounts.size)))


def residual_value(margin: float, renewals_left: float, *, discount: float) -> Worth:
    """Return what someone is still worth before a renewal: m * DERL of the sBG model."""
    return Worth(
        amount=margin * renewals_left, horizon=0, discount=discount, method="sBG, renewals left"
    )


def buyer_value(purchases: Floats, average: Floats, *, margin: float) -> Floats:
    """Return what buyers are still worth: discounted purchases times mean spend, times the margin.

    Purchases of BG/NBD to its horizon, spend of Gamma-Gamma; true where `spending.link` is quiet.
    """
    same_length(purchases=purchases, average=average)
    return np.asarray(purchases * average * margin)
