"""Alembic's entry: runs the steps on the connection that `runner` hands over."""

from alembic import context
from sqlmodel import SQLModel

from elite8.core.domain import account, credit, job, post, video

TABLES = (account.Account, credit.CreditEntry, job.Job, post.Post, video.Video)
"""Named so that their tables are in the metadata."""

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
