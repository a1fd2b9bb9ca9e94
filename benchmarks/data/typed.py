"""Columns that hold one kind of personal data, under the headers people give them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from benchmarks.data import national, phones, values
from benchmarks.data.people import Population

_STREETS = (
    "{0} Maple Avenue", "{0} Old Mill Rd", "{0} Station Street, Apt {1}", "Lindenstraße {1}",
    "Am Marktplatz {1}", "{1} rue de la Gare", "{1} bis avenue Victor Hugo",
    "Calle Mayor {1}, 2º B", "Via Garibaldi {1}", "Viale Roma {1}", "ul. Długa {1}/4",
    "al. Wolności {1}", "Kerkstraat {1}", "Storgatan {1}", "Rua das Flores, {0}", "P.O. Box {0}",
)  # fmt: skip
_BIRTH_FORMATS = ("%Y-%m-%d", "%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%Y%m%d")

Maker = Callable[[Random, Population], str]


@dataclass(frozen=True)
class Type:
    """What a column holds, the entity a detector should name, and headers in several languages."""

    name: str
    entity: str
    headers: tuple[str, ...]
    make: Maker


def street(rng: Random) -> str:
    """Return a street with a number in one of nine countries' manners."""
    return rng.choice(_STREETS).format(rng.randint(1, 9999), rng.randint(1, 180))


def birth_date(rng: Random, form: str = "%Y-%m-%d") -> str:
    """Return the birthday of somebody between one and ninety years old in 2026."""
    return f"{datetime(1936, 1, 1, tzinfo=UTC) + timedelta(days=rng.randrange(89 * 365)):{form}}"


def account_number(rng: Random) -> str:
    """Return eight to twelve digits, as banks print them without a checksum."""
    return national.digits(rng, rng.randint(8, 12), "123456789")


def _value(entity: str) -> Maker:
    return lambda rng, _population: values.VALUES[entity](rng)[1]


TYPES = (
    Type("full name", "PERSON", ("full_name", "Name", "customer name", "nombre_completo", "imię i nazwisko", "Ansprechpartner"),
         lambda rng, who: who.person(rng).full),
    Type("name, family first", "PERSON", ("patient", "Nachname, Vorname", "contact_person"),
         lambda rng, who: "{0.last}, {0.first}".format(who.person(rng))),
    Type("first name", "PERSON", ("first_name", "Vorname", "prénom", "nombre", "imię", "givenName"),
         lambda rng, who: who.person(rng).first),
    Type("last name", "PERSON", ("last_name", "surname", "Nachname", "nom_de_famille", "apellidos", "cognome", "nazwisko"),
         lambda rng, who: who.person(rng).last),
    Type("city", "LOCATION", ("city", "Ort", "ville", "ciudad", "città", "miasto", "Wohnort", "place_of_birth"),
         lambda rng, who: who.place(rng)),
    Type("street address", "STREET_ADDRESS", ("address", "street", "Straße", "adresse", "dirección", "indirizzo", "ulica", "addr_line_1"),
         lambda rng, _: street(rng)),
    Type("birth date", "DATE_OF_BIRTH", ("birth_date", "dob", "Geburtsdatum", "date_de_naissance", "fecha_nacimiento", "data di nascita", "data_urodzenia"),
         lambda rng, _: birth_date(rng)),
    Type("birth date, mixed notation", "DATE_OF_BIRTH", ("DateOfBirth", "geb. am", "date of birth"),
         lambda rng, _: birth_date(rng, rng.choice(_BIRTH_FORMATS))),
    Type("account number", "ACCOUNT_NUMBER", ("account_number", "Kontonummer", "acct_no", "numéro de compte", "numero_cuenta", "nr konta"),
         lambda rng, _: account_number(rng)),
    Type("phone, international", "PHONE_NUMBER", ("phone", "Telefon", "téléphone", "teléfono", "nr_telefonu", "mobile_no"),
         lambda rng, _: phones.international(rng)),
    Type("phone, American", "PHONE_NUMBER", ("phone_number", "cell", "contact"),
         lambda rng, _: phones.american(rng)),
    Type("phone, national", "PHONE_NUMBER", ("tel", "Handy", "cellulare"),
         lambda rng, _: phones.national(rng)[1]),
    Type("e-mail", "EMAIL_ADDRESS", ("email", "E-Mail-Adresse", "courriel", "correo", "contact_mail"), _value("EMAIL_ADDRESS")),
    Type("card", "CREDIT_CARD", ("card_number", "cc", "Kreditkarte", "pan"), _value("CREDIT_CARD")),
    Type("social security number", "US_SSN", ("ssn", "social_security_no", "SSN#"), _value("US_SSN")),
    Type("IBAN", "IBAN_CODE", ("iban", "IBAN Kunde", "bank_account"), _value("IBAN_CODE")),
    Type("IP address", "IP_ADDRESS", ("ip", "client_ip", "remote_addr"), _value("IP_ADDRESS")),
    Type("MAC address", "MAC_ADDRESS", ("mac", "device_mac"), _value("MAC_ADDRESS")),
    Type("passport", "PASSPORT", ("passport_no", "travel_document"), _value("PASSPORT")),
    Type("passport, German", "PASSPORT", ("Reisepass", "Pass-Nr."), lambda rng, _: national.german_passport(rng)[1]),
    Type("passport, French", "PASSPORT", ("numéro_passeport",), lambda rng, _: national.french_passport(rng)[1]),
    Type("passport, Polish", "PASSPORT", ("nr paszportu",), lambda rng, _: national.polish_passport(rng)[1]),
    Type("tax number", "TAX_ID", ("tax_id", "TIN"), _value("TAX_ID")),
    Type("tax number, German", "TAX_ID", ("Steuer-ID", "steuer_idnr"), lambda rng, _: national.steuer_id(rng)[1]),
    Type("tax number, Italian", "TAX_ID", ("codice_fiscale",), lambda rng, _: national.codice(rng)[1]),
    Type("tax number, Spanish", "TAX_ID", ("nif", "DNI"), lambda rng, _: national.nif(rng)[1]),
    Type("tax number, Polish", "TAX_ID", ("pesel", "PESEL klienta"), lambda rng, _: national.pesel(rng)[1]),
    Type("driver licence", "US_DRIVER_LICENSE", ("driver_license", "dl_number"), _value("US_DRIVER_LICENSE")),
    Type("medical licence", "MEDICAL_LICENSE", ("dea_number", "medical_license"), _value("MEDICAL_LICENSE")),
)  # fmt: skip
