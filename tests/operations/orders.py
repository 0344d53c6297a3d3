"""Paid videos as the tests order them: one performer, few words, a simulated A2E."""

from dataclasses import replace
from typing import Any

from elite8.core.operations import collect, commission, purse
from elite8.core.operations.brief import Brief, Planned, plan
from elite8.core.storage import ledger
from elite8.core.studio import Studio

WORDS = "Welcome back, everyone. Three new steps today."
START = "video/generate"


def quiet(_step: str, _share: float) -> None:
    """Show nothing."""


def brief(studio: Studio, **more: Any) -> Planned:
    asked = Brief(characters=("miyuki",), script=WORDS, language="en", engine="a2e")
    return plan(studio, replace(asked, **more))[0]


def speaker(studio: Studio, clock: Any) -> commission.Avatar:
    """Miyuki's avatar, ordered and made."""
    character = studio.config.roster.named("miyuki")
    assert commission.avatar(studio, character) is None
    clock.advance(seconds=10)
    assert [one.state for one in collect.look(studio, quiet)] == ["ready"]
    found = commission.avatar(studio, character)
    assert found
    return found


def order(studio: Studio, who: commission.Avatar, **more: Any) -> commission.Ordered:
    return commission.order(studio, brief(studio, **more), who, quiet)


def sums(studio: Studio) -> Any:
    with studio.database.transaction() as session:
        return ledger.sums(session, purse.ACCOUNT)
