"""Passports, tax numbers and licences of several countries, by the rules each country publishes."""

from random import Random
from string import ascii_uppercase

from benchmarks.data import checkdigits

_GERMAN_SERIAL = "CFGHJKLMNPRTVWXYZ0123456789"
_MONTHS = "ABCDEHLMPRST"  # of an Italian codice fiscale
_ITALIAN_TOWNS = ("H501", "F205", "L219", "A944", "D612", "F839", "G273", "A662", "Z404")

Told = tuple[str, str]  # words that announce a value, and the value
Announced = tuple[tuple[str, ...], str]  # choices of such words, none for what needs none


def passport(rng: Random) -> Told:
    """Return a passport number; alone it looks like any other number, so it is always announced."""
    makers = (
        german_passport,
        french_passport,
        british_passport,
        spanish_passport,
        italian_passport,
        polish_passport,
        dutch_passport,
        american_passport,
    )
    native, number = rng.choice(makers)(rng)
    return rng.choice((native, native, "passport number ", "Passport No. ", "passport: ")), number


def tax_number(rng: Random) -> Told:
    """Return a tax number of one of seven countries; most need to be announced."""
    makers = (steuer_id, fiscal_number, utr, nino, nif, nie, codice, pesel, nip, bsn)
    words, number = rng.choice(makers)(rng)
    return (f"{rng.choice(words)} " if words else ""), number


def driver_license(rng: Random) -> Told:
    """Return a number in the form of one of nine US states."""
    form = rng.choice(("L7", "L12", "9", "8", "L11", "S8", "L14", "D8", "L8"))
    letter = rng.choice(ascii_uppercase) if form[0] == "L" else form[0] * (form[0] in "SD")
    length = int(form.lstrip("LSD"))
    number = letter + ("7" if not letter else "") + digits(rng, length - (not letter))
    words = ("driver license ", "driver's license no. ", "DL# ", "Driver License: ", "DL number ")
    return rng.choice(words), number


def medical_license(rng: Random) -> Told:
    """Return a registration number of the US Drug Enforcement Administration."""
    body = digits(rng, 6)
    number = f"{rng.choice('ABFGMPR')}{rng.choice(ascii_uppercase)}{body}{checkdigits.dea(body)}"
    return rng.choice(("DEA ", "DEA number ", "DEA# ", "medical license ", "DEA no.: ")), number


def digits(rng: Random, count: int, first: str = "0123456789") -> str:
    """Return *count* random digits; the first one is among *first*."""
    return rng.choice(first) + "".join(rng.choice("0123456789") for _ in range(count - 1))


def _letters(rng: Random, count: int) -> str:
    return "".join(rng.choice(ascii_uppercase) for _ in range(count))


def german_passport(rng: Random) -> Told:
    """Return ten characters, the last one a check digit; no vowels, so that no word appears."""
    body = rng.choice("CFGHJK") + "".join(rng.choice(_GERMAN_SERIAL) for _ in range(8))
    check = checkdigits.machine_readable(body)
    return rng.choice(("Reisepass ", "Reisepassnummer ", "Pass-Nr. ")), body + check


def french_passport(rng: Random) -> Told:
    """Return two digits, two letters, five digits."""
    return rng.choice(("passeport n° ", "passeport ")), digits(rng, 2) + _letters(rng, 2) + digits(
        rng, 5
    )


def british_passport(rng: Random) -> Told:
    """Return nine digits."""
    return "UK passport ", digits(rng, 9, "123456789")


def spanish_passport(rng: Random) -> Told:
    """Return three letters and six digits."""
    return "pasaporte ", _letters(rng, 3) + digits(rng, 6)


def italian_passport(rng: Random) -> Told:
    """Return two letters of a series and seven digits."""
    return "passaporto ", rng.choice(("AA", "YA", "YB")) + digits(rng, 7)


def polish_passport(rng: Random) -> Told:
    """Return two letters, a check digit and six digits."""
    letters, body = _letters(rng, 2), digits(rng, 6)
    return "paszport ", f"{letters}{checkdigits.polish_passport(letters, body)}{body}"


def dutch_passport(rng: Random) -> Told:
    """Return nine characters: the letter O is not used, the last one is a digit."""
    allowed = ascii_uppercase.replace("O", "")
    middle = "".join(rng.choice(allowed + "0123456789") for _ in range(6))
    return "paspoort ", f"N{rng.choice(allowed)}{middle}{rng.randrange(10)}"


def american_passport(rng: Random) -> Told:
    """Return eight digits, behind a letter in the newer series."""
    return "US passport ", rng.choice(("", rng.choice("AXY"))) + digits(rng, 8, "123456789")


def steuer_id(rng: Random) -> Announced:
    """Return a German tax identification number."""
    chosen = rng.sample("0123456789", 9)
    chosen.append(rng.choice(chosen))  # exactly one digit occurs twice
    rng.shuffle(chosen)
    if chosen[0] == "0":  # what is issued never starts with 0
        place = next(n for n, digit in enumerate(chosen) if digit != "0")
        chosen[0], chosen[place] = chosen[place], chosen[0]
    body = "".join(chosen)
    number = body + checkdigits.german_tax(body)
    spaced = f"{number[:2]} {number[2:5]} {number[5:8]} {number[8:]}"
    return ("Steuer-ID", "Steueridentifikationsnummer", "IdNr."), rng.choice((number, spaced))


def fiscal_number(rng: Random) -> Announced:
    """Return a French number of thirteen digits."""
    body = digits(rng, 10, "0123")
    return ("numéro fiscal", "n° fiscal"), body + checkdigits.french_tax(body)


def utr(rng: Random) -> Announced:
    """Return a British Unique Taxpayer Reference."""
    body = digits(rng, 9)
    return ("UTR", "Unique Taxpayer Reference"), checkdigits.british_tax(body) + body


def nino(rng: Random) -> Announced:
    """Return a British National Insurance number, the tax number of an employee."""
    prefix = rng.choice("ABCEGHJKLMNOPRSTWXYZ") + rng.choice("ABCEGHJKLMNPRSTWXYZ")
    if prefix in {"BG", "GB", "KN", "NK", "NT", "TN", "ZZ"}:  # never issued
        prefix = "JG"
    parts = [prefix, digits(rng, 2), digits(rng, 2), digits(rng, 2), rng.choice("ABCD")]
    return ("NINO", "National Insurance number", "NI no."), rng.choice(("", " ")).join(parts)


def nif(rng: Random) -> Announced:
    """Return a Spanish DNI, the tax number of a citizen."""
    body = digits(rng, 8)
    return ("DNI", "NIF", "NIF:"), body + rng.choice(("", "-")) + checkdigits.spanish_tax(body)


def nie(rng: Random) -> Announced:
    """Return a Spanish NIE, the tax number of a foreigner; its shape is telling enough."""
    body = rng.choice("XYZ") + digits(rng, 7)
    number = rng.choice(("{}{}", "{}-{}")).format(body, checkdigits.spanish_tax(body))
    return rng.choice(((), ("NIE",))), number


def codice(rng: Random) -> Announced:
    """Return an Italian *codice fiscale*; its shape is telling enough."""
    consonants = "BCDFGLMNPRSTVZ"
    name = "".join(rng.choice(consonants) for _ in range(6))
    day = rng.randint(1, 28) + rng.choice((0, 40))  # women's days are moved by 40
    body = (
        f"{name}{rng.randrange(100):02d}{rng.choice(_MONTHS)}{day:02d}{rng.choice(_ITALIAN_TOWNS)}"
    )
    words = rng.choice(((), ("codice fiscale", "C.F.")))
    return words, body + checkdigits.italian_tax(body)


def pesel(rng: Random) -> Announced:
    """Return a Polish PESEL of somebody born before 2000."""
    month = rng.randint(1, 12)
    year = rng.randint(30, 99)  # a month without an addition: born in the 1900s
    body = f"{year:02d}{month:02d}{rng.randint(1, 28):02d}{digits(rng, 4)}"
    return ("PESEL", "nr PESEL"), body + checkdigits.polish_person(body)


def nip(rng: Random) -> Announced:
    """Return a Polish NIP."""
    while (check := checkdigits.polish_tax(body := digits(rng, 9, "123456789"))) is None:
        continue
    number = body + check
    dashed = f"{number[:3]}-{number[3:6]}-{number[6:8]}-{number[8:]}"
    return ("NIP", "NIP:"), rng.choice((number, dashed))


def bsn(rng: Random) -> Announced:
    """Return a Dutch BSN."""
    while (check := checkdigits.dutch_citizen(body := digits(rng, 8, "123456789"))) is None:
        continue
    return ("BSN", "burgerservicenummer"), body + check
