"""Who is away, from when until when, and who stands in for them."""

from dcs.auth.absences.models import Absence, NewAbsence
from dcs.auth.absences.service import Absences
from dcs.auth.absences.store import deputies, standing_in_for

__all__ = ["Absence", "Absences", "NewAbsence", "deputies", "standing_in_for"]
