"""Alembic's entry: runs the steps on the connection that `runner` hands over."""

from alembic import context
from sqlmodel import SQLModel

from elite8.core.domain import (
    account,
    alert,
    attempt,
    chat,
    credit,
    event,
    job,
    lease,
    link,
    notice,
    post,
    reading,
    report,
    sample,
    snapshot,
    tick,
    video,
)

TABLES = (
    account.Account,
    alert.Alert,
    alert.AlertEvent,
    alert.Silence,
    attempt.Attempt,
    chat.Asked,
    credit.CreditEntry,
    event.FunnelEvent,
    job.Job,
    lease.Lease,
    link.Link,
    notice.Notice,
    notice.Told,
    post.Post,
    reading.Reading,
    report.Report,
    sample.Sample,
    snapshot.KeptScene,
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
