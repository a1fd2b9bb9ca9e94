"""
Entities that are rare, or that only the words around them tell from other numbers.

One pattern of RE2 picks the cells in which there could be one, a batch at a
time; only those are read by the rules below. Where a number has no check digit,
or a weak one, a word for it has to stand in the cell or in the column's name.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from dcs.validation.personal.checksums import (
    digits_of,
    is_article,
    is_base58_address,
    is_bech32_address,
    is_belgian_number,
    is_bsn,
    is_dea,
    is_french_tax_number,
    is_german_tax_number,
    is_italian_tax_code,
    is_nip,
    is_nir,
    is_npi,
    is_pesel,
    is_portuguese_tax_number,
    is_spanish_tax_number,
)
from dcs.validation.personal.kernels.identities import LENGTHS
from dcs.validation.personal.kernels.numbering import exists

Span = tuple[int, int]
LONGEST_NATIONAL = 12  # so many digits that begin with no 0 are a number with its country, or none


@dataclass(frozen=True, slots=True)
class Rule:
    """
    One way in which an entity is written.

    Attributes:
        pattern: Finds candidates; its group ``value`` is the value where it has one.
        verify: Says whether a candidate is one.
        words: What has to stand in the cell or the column's name; None where the
            structure is enough.
        needles: One of these stands in every cell that matches, in lower case; () for no telling.
    """

    entity: str
    pattern: re.Pattern[str]
    verify: Callable[[str], bool] = bool
    words: re.Pattern[str] | None = None
    needles: tuple[str, ...] = ()

    def may_match(self, lower: str) -> bool:
        """Say whether a cell in lower case is worth the pattern; cheap."""
        return not self.needles or any(each in lower for each in self.needles)

    def is_named(self, header: str) -> bool:
        """Say whether a column's name has a word for the entity."""
        return self.words is not None and self.words.search(header) is not None

    def find(self, cell: str) -> Iterator[Span]:
        """Yield where the values of a cell are, if the word stands somewhere."""
        group = "value" if "value" in self.pattern.groupindex else 0
        for match in self.pattern.finditer(cell):
            if self.verify(match[group]):
                yield match.span(group)


def _is_iban(text: str) -> bool:
    plain = text.replace(" ", "").upper()
    if LENGTHS.get(plain[:2]) != len(plain):
        return False
    return int("".join(str(int(each, 36)) for each in plain[4:] + plain[:4])) % 97 == 1


def _is_ssn(text: str) -> bool:
    digits = "".join(map(str, digits_of(text)))
    area = digits[:3]
    return (
        area not in {"000", "666"} and area < "900" and digits[3:5] != "00" and digits[5:] != "0000"
    )


def _is_phone(text: str) -> bool:
    if text.isdigit() and text[0] != "0" and len(text) >= LONGEST_NATIONAL:
        return exists(text) and not is_article(text)
    return (
        7 <= len(digits_of(text)) <= 14 and re.fullmatch(r"\d{4}[-/.]\d\d[-/.]\d\d.*", text) is None
    )


def _words(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![^\W_])(?:{words})(?![^\W_])", re.IGNORECASE)


_THINGS = "software|product|business|site|volume|user|enterprise|trial|open source|liquor|fishing"
_LICENCE = _words(
    "drivers?|driver's|driving|dl|lic|führerschein\\w*|permis(?: de conduire)?|"
    + "".join(f"(?<!{each} )" for each in _THINGS.split("|"))
    + "licen[cs]es?(?![ _-]?(?:plates?|keys?|codes?|files?|servers?|types?|agreements?|terms|fees?)(?![^\\W_]))|"
    "licencia de conducir|patente(?: di guida)?|rijbewijs|prawo jazdy"
)
_PASSPORT = _words(
    "passports?|(?<!boarding )pass ?no|reisepass\\w*|passeports?|pasaportes?|passaport[io]|paspoort\\w*|paszport\\w*"
)
_MEDICAL = _words("dea|npi|medical|prescriber|physician|provider|licen[cs]e|registration")
_TAX = _words(
    "tax(?: ?id| ?no| ?number|payer)?|tin|steuer\\w*|idnr|tax-id|nif|nie|dni|cif|nino|(?-i:NI)|ni\\Z|"
    "national insurance|utr|pesel|nip|bsn|burgerservicenummer|sofi|spi|fiscal\\w*|fiscale|"
    "numéro fiscal|itin|(?-i:EIN)|ein\\Z"  # in small letters both are words of other languages
)
_SOCIAL = r"(?<![^\W_])(?:ssn|social security(?: number| no)?)(?![^\W_])"
_CALL = (
    "tel|telefon\\w{0,12}|phone|telephone|téléphone|teléfono|telefono|mobil\\w{0,12}|handy|cell|cellulare|móvil|"
    "portable|komórka|fax|call"
)

RULES = (
    Rule(
        "URL_WITH_CREDENTIALS",
        re.compile(r"(?<![A-Za-z0-9])[A-Za-z][A-Za-z0-9+.-]{1,20}://[^\s/:@]{1,64}:[^\s/@]{1,128}@[^\s/@:\])},;]+"),
        needles=("://",),
    ),
    Rule(
        "API_KEY",
        re.compile(
            r"(?<![A-Za-z0-9])(?:(?:AKIA|ASIA)[0-9A-Z]{16}|gh[pousr]_[0-9A-Za-z]{30,}|"
            r"github_pat_[0-9A-Za-z_]{22,}|[spr]k_(?:live|test)_[0-9A-Za-z]{16,}|sk-[A-Za-z0-9_-]{20,}|"
            r"xox[abeprs]-[0-9A-Za-z-]{10,}|AIza[0-9A-Za-z_-]{35}|glpat-[0-9A-Za-z_-]{20,}|"
            r"npm_[0-9A-Za-z]{30,}|hf_[0-9A-Za-z]{30,}|SG\.[\w-]{16,}\.[\w-]{16,}|"
            r"(?<![\w-])eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,})"
        ),
        needles=("akia", "asia", "gh", "k_live_", "k_test_", "sk-", "xox", "aiza", "glpat-", "npm_", "hf_", "sg.", "eyj"),
    ),
    Rule("PRIVATE_KEY", re.compile(r"-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----"), needles=("-----begin ",)),
    Rule(
        "CRYPTO",
        re.compile(r"(?<![A-Za-z0-9])[13][1-9A-HJ-NP-Za-km-z]{25,34}(?![A-Za-z0-9])"),
        is_base58_address,
    ),
    Rule(
        "CRYPTO",
        re.compile(r"(?<![A-Za-z0-9])(?:bc1[a-z0-9]{11,71}|BC1[A-Z0-9]{11,71})(?![A-Za-z0-9])"),
        is_bech32_address,
        needles=("bc1",),
    ),
    Rule("CRYPTO", re.compile(r"(?<![A-Za-z0-9])0x[0-9A-Fa-f]{40}(?![A-Za-z0-9])"), needles=("0x",)),
    Rule("MEDICAL_LICENSE", re.compile(r"(?<![A-Za-z0-9])[ABCDEFGHJKLMPRSTUXabcdefghjklmprstux][A-Za-z9]\d{7}(?!\w)"), is_dea, _MEDICAL),
    Rule("MEDICAL_LICENSE", re.compile(r"(?<![\w.])[12]\d{9}(?!\w)"), is_npi, _words("npi")),
    Rule(
        "US_DRIVER_LICENSE",
        re.compile(r"(?<![A-Za-z0-9])(?:[A-Za-z]{1,2}\d{5,13}|[A-Za-z]\d{3}-\d{3,4}-\d{3,4}(?:-\d{1,4})?|\d{2}-\d{3}-\d{4})(?![\w-])"),
        lambda text: not is_dea_like(text),
        _LICENCE,
    ),
    Rule(
        "PASSPORT",
        re.compile(r"(?<![A-Za-z0-9])(?=[A-Z0-9]*\d)[A-Z0-9]{8,9}(?![A-Za-z0-9])"),
        lambda text: sum(each.isdigit() for each in text) >= 4,
        _PASSPORT,
    ),
    Rule("TAX_ID", re.compile(r"(?<!\w)[A-Za-z]{6}[0-9]{2}[A-Ea-eHhLlMmPpR-Tr-t][0-9]{2}[A-Za-z][0-9]{3}[A-Za-z](?!\w)"), is_italian_tax_code),
    Rule("TAX_ID", re.compile(r"(?<![\w.])\d{2} ?\d{3} ?\d{3} ?\d{3}(?!\w)"), is_german_tax_number, _TAX),
    Rule("TAX_ID", re.compile(r"(?<![\w.])\d{2} ?\d{2} ?\d{3} ?\d{3} ?\d{3}(?!\w)"), is_french_tax_number, _TAX),
    Rule("TAX_ID", re.compile(r"(?<!\w)(?:\d{8}|[XYZxyz]-?\d{7})[ -]?[A-Za-z](?!\w)"), is_spanish_tax_number, _TAX),
    Rule(
        "TAX_ID",
        re.compile(r"(?<!\w)(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Za-ceghj-pr-tw-z][A-CEGHJ-NPR-TW-Za-ceghj-npr-tw-z] ?\d{2} ?\d{2} ?\d{2} ?[A-Da-d](?!\w)"),
        bool,
        _TAX,
    ),
    Rule("TAX_ID", re.compile(r"(?<![\w.])\d{11}(?!\w)"), is_pesel, _TAX),
    Rule("TAX_ID", re.compile(r"(?<![\w.])\d{3}-?\d{3}-?\d{2}-?\d{2}(?!\w)"), is_nip, _TAX),
    Rule("TAX_ID", re.compile(r"(?<![\w.])\d{9}(?!\w)"), is_bsn, _words("bsn|burgerservicenummer|sofi\\w*")),
    Rule(
        "TAX_ID",
        re.compile(r"(?<![\w.])[12] ?\d\d ?\d\d ?(?:\d\d|2[ABab]) ?\d{3} ?\d{3} ?\d\d(?!\w)", re.ASCII),
        is_nir,
        _words("nir|insee|sécurité sociale|securite sociale"),
    ),
    Rule("TAX_ID", re.compile(r"(?<![\w.])[1-35689]\d{2} ?\d{3} ?\d{3}(?!\w)", re.ASCII), is_portuguese_tax_number, _words("nif|contribuinte")),
    Rule(
        "TAX_ID",
        re.compile(r"(?<![\w.])\d\d\.?[0-5]\d\.?[0-3]\d[ -]?\d{3}[. ]?\d\d(?!\w)", re.ASCII),
        is_belgian_number,
        _words("rijksregister\\w{0,12}|numéro national|numero national|registre national|niss|insz"),
    ),
    Rule(
        "US_SSN",
        re.compile(rf"(?i:{_SOCIAL})\W{{0,12}}(?:\w{{1,12}}\W{{1,3}})?(?P<value>\d{{3}} ?\d{{2}} ?\d{{4}})(?!\d)"),
        _is_ssn,
        needles=("ssn", "social"),
    ),
    Rule(
        "IBAN_CODE",
        re.compile(r"(?<![A-Za-z0-9])[a-z]{2}\d{2}(?: ?[a-z0-9]){11,30}?(?![A-Za-z0-9])(?! [a-z0-9]{2,4}(?![a-z0-9]))"),
        _is_iban,
    ),
    Rule(
        "PHONE_NUMBER",
        re.compile(rf"(?i:(?<![^\W_])(?:{_CALL})\.?)(?: (?:no|number|nr)\.?)?[\s:=#(]{{0,3}}(?P<value>\(?\d[\d ()/.-]{{5,18}}\d)(?![\w-])"),
        _is_phone,
        needles=("tel", "tél", "phone", "mobil", "handy", "cell", "móvil", "portable", "komórka", "fax", "call"),
    ),
    Rule(
        "PHONE_NUMBER",
        re.compile(r"(?<![\w.:+-])(?<!\d )00[1-9]\d{0,2}[ ()/-]{1,2}\d(?:[ ()/-]{0,2}\d){5,11}(?![\w.])"),
        lambda text: exists("".join(map(str, digits_of(text)))[2:]),
        needles=("00",),
    ),
)  # fmt: skip


def is_dea_like(text: str) -> bool:
    """Say whether two letters and seven digits would be a medical registration rather."""
    return re.fullmatch(r"[A-Za-z]{2}\d{7}", text) is not None and is_dea(text)


# What a cell has to have for any rule to be tried, in RE2's dialect. An underscore is no letter here, as in the rules.
_OPEN, _CLOSE = r"(?:^|[^A-Za-z0-9])", r"(?:$|[^A-Za-z0-9])"
CUES = (
    rf"://[^/\s]*@|-----BEGIN |{_OPEN}(?:(?:AKIA|ASIA)[0-9A-Z]{{16}}|gh[pousr]_|github_pat_|[spr]k_(?:live|test)_|"
    r"sk-[A-Za-z0-9_-]{20}|xox[abeprs]-|AIza|glpat-|npm_|hf_|SG\.[\w-]{16}|eyJ[\w-]{8}|0x[0-9A-Fa-f]{40}|"
    rf"bc1[a-z0-9]{{11}}|BC1[A-Z0-9]{{11}}|[13][1-9A-HJ-NP-Za-km-z]{{25,34}}{_CLOSE}|"
    rf"[A-Za-z]{{6}}\d\d[A-Za-z]\d\d[A-Za-z]\d{{3}}[A-Za-z]{_CLOSE}|[a-z]{{2}}\d{{2}}(?: ?[a-z0-9]){{11}})|(?:^|[^A-Za-z0-9_.:+-])00[1-9]\d{{0,2}}[ ()/\d-]|"
    rf"(?i:{_OPEN}(?:ssn|social security|tel|telefon\w*|telephone|telefono|phone|mobile?|mobil\w*|handy|cell|cellulare|fax|call|portable|"
    r"dea|npi|medical|prescriber|physician|provider|registration|drivers?|driving|dl|licen[cs]es?|licencia|lic|patente|passports?|"
    r"reisepass\w*|passeports?|pasaportes?|passaport[io]|paspoort\w*|paszport\w*|pass ?no|tax(?:id|no|number|payer)?|tin|steuer\w*|idnr|nif|nie|dni|cif|nino|"
    r"ni|national insurance|utr|pesel|nip|bsn|burgerservicenummer|sofi\w*|spi|fiscal\w*|fiscale|codice|itin|ein|"
    rf"nir|insee|contribuinte|rijksregister\w*|num[eé]ro national|registre national|niss|insz){_CLOSE}|"
    r"führerschein|permis|rijbewijs|prawo jazdy|komórka|móvil|téléphone|teléfono|numéro fiscal|s[eé]curit[eé] sociale)"
)

# Cells that no rule can match: without a digit and without what needs none, or nothing but a hash.
HOPELESS = re.compile(r"[0-9A-Fa-f]{32,128}|(?:(?!://|-----BEGIN )[^\d])*", re.DOTALL)
