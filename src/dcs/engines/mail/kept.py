"""No mail: what would be a letter stays in the studio, where the inbox shows it."""

from dcs.engines.mail import Letter


class KeptMail:
    """Let nothing leave; for a machine without a mail server."""

    leaves = False

    async def send(self, letter: Letter) -> None:
        """Take a letter and do nothing with it: its notices are in the inbox already."""
