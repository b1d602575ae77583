"""Runs the migrations of the main database on the connection it is given."""

from alembic import context

from storage.tables import main_metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=main_metadata,
    render_as_batch=context.config.attributes["connection"].dialect.name == "sqlite",
)
with context.begin_transaction():
    context.run_migrations()
