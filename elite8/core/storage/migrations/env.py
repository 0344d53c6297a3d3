"""Alembic's entry: runs the steps on the connection that `runner` hands over."""

from alembic import context
from sqlmodel import SQLModel

from elite8.core.domain import (
    account,
    alert,
    attempt,
    audit,
    chat,
    consent,
    credit,
    event,
    follower,
    job,
    lease,
    link,
    mailing,
    notice,
    post,
    proxy,
    reading,
    report,
    sample,
    session,
    snapshot,
    subscriber,
    tick,
    video,
)

TABLES = (
    account.Account,
    alert.Alert,
    alert.AlertEvent,
    alert.Silence,
    attempt.Attempt,
    audit.AuditEntry,
    chat.Asked,
    consent.Person,
    consent.Address,
    consent.Consent,
    consent.Suppression,
    consent.Salt,
    credit.CreditEntry,
    event.FunnelEvent,
    follower.FollowerCount,
    job.Job,
    lease.Lease,
    link.Link,
    mailing.Mailing,
    mailing.Delivery,
    mailing.HeldBack,
    notice.Arrival,
    notice.Notice,
    notice.Told,
    post.Post,
    proxy.Balance,
    proxy.Use,
    reading.Reading,
    report.Report,
    sample.Sample,
    session.SignedOut,
    snapshot.KeptScene,
    subscriber.ImportBatch,
    subscriber.Subscriber,
    subscriber.Alias,
    subscriber.Subscription,
    subscriber.SubscriptionState,
    subscriber.SubscriberEvent,
    tick.Tick,
    video.Video,
)
"""Named so that their tables are in the metadata."""

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
