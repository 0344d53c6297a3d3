"""Alembic's entry: runs the steps on the connection that `runner` hands over."""

from alembic import context
from sqlmodel import SQLModel

from elite8.core.domain import account, attempt, credit, job, lease, post, reading, video

TABLES = (
    account.Account,
    attempt.Attempt,
    credit.CreditEntry,
    job.Job,
    lease.Lease,
    post.Post,
    reading.Reading,
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
