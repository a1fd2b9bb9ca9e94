"""
How long an organisation keeps the data of datasets that say nothing themselves.

Revision 0010.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0008"


def upgrade() -> None:
    """Add the column; whoever is there already begins with ten years, as a new one does."""
    op.add_column("tenant", sa.Column("retention_days", sa.Integer(), server_default="3650"))
