"""
Train the tagger that suspects person and place names in free text.

The functions that cut words and make features are compiled for this process
before anything else imports them, so that learning calls the very same ones.
"""

import numba

from dcs.validation.kernels import marks

marks.compiler = numba.njit(nogil=True, error_model="numpy")
try:
    from dcs.validation.personal_names import features, tagging, tokens
finally:
    marks.compiler = None

__all__ = ["features", "tagging", "tokens"]
