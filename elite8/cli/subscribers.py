"""`elite8 subscribers`: people who may be written to."""

from elite8.cli import (
    SUBCOMMANDS,
    consenting,
    earning,
    fetching,
    importing,
    leaving,
    mailing,
    members,
    privacy,
    scoring,
    winback,
)
from elite8.cli.group import group

app = group(SUBCOMMANDS["subscribers"])
app.add_typer(consenting.app, name="consent")
app.command("money")(earning.money)
app.command("cohorts")(earning.cohorts)
app.command("survival")(earning.survival)
app.command("ltv")(earning.ltv)
app.add_typer(importing.app, name="import")
app.command("fetch")(fetching.fetch)
app.command("score")(scoring.score)
app.command("at-risk")(leaving.at_risk)
app.command("churn")(leaving.churn)
app.add_typer(mailing.app, name="mail")
app.add_typer(winback.app, name="winback")
app.command("list")(members.list_subscribers)
app.command("show")(members.show)
app.command("link")(members.link)
app.command("tiers")(members.tiers)
app.command("platforms")(members.platforms)
app.add_typer(privacy.app, name="privacy")
