"""Check digits that a recognizer can ask for, by their published rules."""

from collections.abc import Callable, Mapping

from dcs.validation.personal.checksums import digits_of, luhn

# Verhoeff's dihedral group and permutation ("Error Detecting Decimal Codes", 1969).
_DIHEDRAL = (
    "0123456789", "1234067895", "2340178956", "3401289567", "4012395678",
    "5987604321", "6598710432", "7659821043", "8765932104", "9876543210",
)  # fmt: skip
_PERMUTED = (
    "0123456789", "1576283094", "5803796142", "8916043527",
    "9453126870", "4286573901", "2793806415", "7046913258",
)  # fmt: skip


def is_mod97(text: str) -> bool:
    """Say whether letters and digits give 1 modulo 97, letters from A = 10 (ISO/IEC 7064, MOD 97-10)."""
    plain = [each for each in text if each.isascii() and each.isalnum()]
    return len(plain) > 2 and int("".join(str(int(each, 36)) for each in plain)) % 97 == 1


def is_mod11(text: str) -> bool:
    """Say whether digits weighted 1, 2, 3 … from the right give 0 modulo 11; X stands for 10 at the end."""
    plain = [each for each in text.upper() if each.isascii() and (each.isdigit() or each == "X")]
    if len(plain) < 2 or "X" in plain[:-1]:
        return False
    values = (10 if each == "X" else int(each) for each in reversed(plain))
    return sum(place * value for place, value in enumerate(values, start=1)) % 11 == 0


def is_luhn(text: str) -> bool:
    """Say whether the last digit is the Luhn check digit of those before it (ISO/IEC 7812-1)."""
    digits = digits_of(text)
    return len(digits) > 1 and luhn(digits)


def is_verhoeff(text: str) -> bool:
    """Say whether the last digit is Verhoeff's check digit of those before it."""
    digits = digits_of(text)
    check = 0
    for place, digit in enumerate(reversed(digits)):
        check = int(_DIHEDRAL[check][int(_PERMUTED[place % 8][digit])])
    return len(digits) > 1 and check == 0


CHECKSUMS: Mapping[str, Callable[[str], bool]] = {
    "luhn": is_luhn,
    "mod97": is_mod97,
    "mod11": is_mod11,
    "verhoeff": is_verhoeff,
}
