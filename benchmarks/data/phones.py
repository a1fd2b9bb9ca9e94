"""Telephone numbers that national numbering plans allow, in the notations people use."""

from random import Random

from benchmarks.data.people import read_list

AREAS = read_list("area_codes.txt")

# N is any digit, X one from 2 to 9, A a North American area code. E is an exchange: X and two digits, never N11.
_INTERNATIONAL = (
    "+1 (A) E-NNNN|+1-A-E-NNNN|+1 A E NNNN|+1AENNNN|+1.A.E.NNNN|001 A E NNNN",
    "+49 151 NNNNNNNN|+49 170 NNNNNNN|+49 (0)30 NNNNNNNN|+49-221-XNNNNNN|0049 172 NNNNNNN|+4917NNNNNNNN",
    "+33 6 1N NN NN NN|+33.6.1N.NN.NN.NN|+33 (0)1 4X NN NN NN|+3361NNNNNNN|0033 6 2N NN NN NN",
    "+44 73NN NNNNNN|+44 20 7XNN NNNN|+44 (0)20 7946 NNNN|+4473NNNNNNNN|+44-161-496-NNNN",
    "+34 6NN NN NN NN|+34 91X NNN NNN|+346NNNNNNNN|0034 6NN NNN NNN",
    "+39 347 NNNNNNN|+39 06 69NNNNNN|+39 333 NN NN NNN|+39347NNNNNNN",
    "+48 501 NNN NNN|+48 22 6NN NN NN|+48501NNNNNN|+48-602-NNN-NNN",
    "+31 6 1NNNNNNN|+31 20 6NNNNNN|+31 (0)6 24 NN NN NN|+316124NNNNN",
    "+41 79 NNN NN NN|+41 44 6NN NN NN|+43 664 NNNNNNN|+46 70 NNN NN NN|+32 47N NN NN NN",
    "+351 91N NNN NNN|+47 9NN NN NNN|+30 697 NNN NNNN|+358 40 NNNNNNN|+420 602 NNN NNN",
    "+91 98NNN NNNNN|+61 412 NNN NNN|+81 90-XNNN-NNNN|+55 11 9XNNN-NNNN|+52 55 5NNN NNNN",
    "+972 52-XNN-NNNN|+86 138 NNNN NNNN|+82 10-XNNN-NNNN|+27 82 NNN NNNN|+90 532 NNN NN NN|+380 67 NNN NN NN",
)
_AMERICAN = "(A) E-NNNN|A-E-NNNN|A.E.NNNN|1-A-E-NNNN|A E NNNN|(A)E-NNNN"
_NATIONAL = (
    "0170 NNNNNNN|030/NNNNNNNN|(089) XNNNNNN|0151-NNNNNNNN",
    "06 1N NN NN NN|01.4X.NN.NN.NN|061NNNNNNN",
    "020 7946 NNNN|073NN NNNNNN|0161 496 NNNN",
    "6NN NN NN NN|91X NNN NNN",
    "347 NNNNNNN|06 69NNNNNN",
    "501 NNN NNN|22 6NN NN NN",
    "06-1NNNNNNN|020-6NNNNNN",
)
_WORDS = (
    "tel. ",
    "Tel.: ",
    "phone ",
    "phone: ",
    "call ",
    "mobile ",
    "cell: ",
    "Telefon ",
    "Handy ",
)
_MORE_WORDS = ("tél. ", "téléphone ", "teléfono ", "móvil ", "telefono ", "cellulare ", "telefoon ")


def international(rng: Random) -> str:
    """Return a number with its country, from one of thirty countries."""
    return fill(rng.choice(rng.choice(_INTERNATIONAL).split("|")), rng)


def american(rng: Random) -> str:
    """Return a number in one of the notations of North America."""
    return fill(rng.choice(_AMERICAN.split("|")), rng)


def national(rng: Random) -> tuple[str, str]:
    """Return a word that says what follows, and a number without its country."""
    words = _WORDS + _MORE_WORDS
    return rng.choice(words), fill(rng.choice(rng.choice(_NATIONAL).split("|")), rng)


def fill(pattern: str, rng: Random) -> str:
    """Return *pattern* with its letters replaced by digits that the plan allows."""
    made = []
    for letter in pattern:
        if letter == "N":
            made.append(rng.choice("0123456789"))
        elif letter == "X":
            made.append(rng.choice("23456789"))
        elif letter == "A":
            made.append(rng.choice(AREAS))
        elif letter == "E":
            made.append(f"{rng.choice('23456789')}{rng.choice('023456789')}{rng.randrange(10)}")
        else:
            made.append(letter)
    return "".join(made)
