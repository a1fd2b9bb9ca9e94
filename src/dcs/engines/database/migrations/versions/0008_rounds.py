"""
The round in which a vote counted: what was returned for changes is decided anew.

Revision 0008.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the column; every vote so far was of the first round."""
    op.add_column("vote", sa.Column("round", sa.Integer(), nullable=False, server_default="1"))
