"""What is known of single words: the gazetteer of names and places, and words for streets, firms and titles."""

from functools import cache

import numpy as np

from dcs.validation.personal_columns.kernels.facts import (
    COMPANY_WORD,
    PARTICLE,
    STREET_WORD,
    TITLE_WORD,
)
from dcs.validation.personal_names.model import shipped
from dcs.validation.personal_names.tokens import FNV_BASIS, FNV_PRIME, LOW32, SLOTS

WORDS = {
    STREET_WORD: """
        street st avenue ave road rd lane ln drive dr boulevard blvd court ct place pl square sq terrace highway hwy
        parkway pkwy circle crescent mews apt suite box way close grove rue avenue chemin impasse allée quai cours bd
        calle avenida av avda plaza paseo carrera cra camino ronda via viale piazza corso vicolo largo strada ulica ul
        aleja al aleje plac os osiedle rua travessa alameda praça estrada rodovia straße strasse str weg gasse platz allee
        ring pfad steg gardens trail ridge walk cuesta rambla glorieta pasaje contrada dreef steeg singel
        straat laan plein gracht kade dijk vej gade gate vägen gatan""",
    COMPANY_WORD: """
        ltd limited inc incorporated corp corporation llc llp plc gmbh kg ohg ag se sa sas sarl srl spa bv nv oy ab ltda
        cia co company companies group gruppe groupe gruppo grupo holding holdings bank university institute hospital
        clinic hotel association foundation ministry sons partners brothers and und et""",
    PARTICLE: """
        von van de der den del della di da dos das do du la le les el los al bin ibn ter ten zu zum zur y e i of the af
        av am an auf im in sur sous""",
    TITLE_WORD: """
        mr mrs ms miss dr prof herr frau hr fr mme mlle monsieur madame sr sra don dona sig signor signora pan pani dhr
        mevr jr ii iii iv md phd dds""",
}  # fmt: skip

# States and provinces that are written with two capitals: of the USA, Canada, Australia and Brazil.
_REGIONS = """
    AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA RI
    SC SD TN TX UT VT VA WA WV WI WY DC PR GU VI AS MP AB BC MB NB NL NS NT NU ON PE QC SK YT SA AC AP AM BA CE ES GO
    MG PB PR RJ RN RS RO RR SE SP TO"""


@cache
def lexicon() -> np.ndarray:
    """Return the bits of each word's slot; the gazetteer's and those of `WORDS`."""
    slots = shipped().gazetteer.copy()
    for bit, words in WORDS.items():
        for word in words.split():
            slots[slot_of(word)] |= bit
    return slots


@cache
def regions() -> np.ndarray:
    """Return 1 for each pair of capitals that names a state or a province."""
    pairs = np.zeros(26 * 26, np.uint8)
    for each in _REGIONS.split():
        pairs[(ord(each[0]) - 65) * 26 + ord(each[1]) - 65] = 1
    return pairs


def slot_of(word: str) -> int:
    """Return the slot of a word in lower case."""
    value = FNV_BASIS
    for byte in word.encode():
        value = ((value ^ byte) * FNV_PRIME) & LOW32
    return value & (SLOTS - 1)
