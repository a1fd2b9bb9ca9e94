"""Bank accounts of fourteen countries: the form of each, its own check digits, then those of the IBAN."""

from random import Random
from string import ascii_uppercase, digits

from benchmarks.data import checkdigits

# N is a digit, A a letter, C either; a small letter is a check digit of the country (SWIFT's IBAN registry).
_FORMS = {
    "DE": "N" * 18,
    "FR": "N" * 10 + "C" * 11 + "kk",
    "GB": "AAAA" + "N" * 14,
    "ES": "NNNNNNNN" + "kk" + "N" * 10,
    "IT": "k" + "N" * 10 + "C" * 12,
    "PL": "NNNNNNN" + "k" + "N" * 16,
    "NL": "AAAA" + "N" * 10,
    "CH": "NNNNN" + "C" * 12,
    "AT": "N" * 16,
    "BE": "N" * 10 + "kk",
    "SE": "N" * 20,
    "NO": "N" * 10 + "k",
    "MT": "AAAANNNNN" + "C" * 18,
    "SA": "NN" + "C" * 18,
}
_KINDS = {"N": digits, "A": ascii_uppercase, "C": digits + ascii_uppercase, "k": "k"}
_FRENCH = str.maketrans(ascii_uppercase, "12345678912345678923456789")


def iban(rng: Random) -> str:
    """Return an IBAN without spaces whose two checksums, the country's and its own, are right."""
    country, form = rng.choice(sorted(_FORMS.items()))
    account = None
    while account is None:
        account = national(country, "".join(rng.choice(_KINDS[letter]) for letter in form))
    return country + checkdigits.iban(country, account) + account


def national(country: str, account: str) -> str | None:
    """Return *account* with its ``k`` filled in; ``None`` where no such account is opened."""
    given = account.replace("k", "")
    match country:
        case "BE":
            check = f"{int(given) % 97 or 97:02d}"
        case "ES":
            check = _spanish(f"00{given[:8]}") + _spanish(given[8:])
        case "FR":
            check = f"{97 - int(given.translate(_FRENCH) + '00') % 97:02d}"
        case "IT":
            check = checkdigits.italian_tax(given)
        case "NO":
            check = _norwegian(given)
        case "PL":
            weights = (3, 9, 7, 1, 3, 9, 7)
            check = str(-checkdigits.weighted(checkdigits.numerals(given[:7]), weights) % 10)
        case _:
            return account
    if len(check) != account.count("k"):
        return None
    return account.replace("k" * len(check), check)


def _spanish(part: str) -> str:
    rest = checkdigits.weighted(checkdigits.numerals(part), (1, 2, 4, 8, 5, 10, 9, 7, 3, 6)) % 11
    return str((11 - rest) % 11 if rest != 1 else 1)  # 10 is written 1, 11 is written 0


def _norwegian(part: str) -> str:
    weights = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
    return str(-checkdigits.weighted(checkdigits.numerals(part), weights) % 11)
