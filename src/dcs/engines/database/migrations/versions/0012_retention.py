"""
How long an organisation keeps the data of datasets that say nothing themselves.

Revision 0012.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add the column; whoever is there already begins with ten years, as a new one does."""
    op.add_column("tenant", sa.Column("retention_days", sa.Integer(), server_default="3650"))
