"""What a column is of is told by its name and its values, in eight languages."""

import pytest

from tests.validation.conftest import Judge
from tests.validation.personal_columns.tables import (
    ACCOUNTS,
    BIRTHS,
    CITIES,
    FIRST,
    FULL,
    LAST,
    POSTAL,
    STREETS,
    told,
)

Case = tuple[str, str, list[str], str]

HEADERS = {
    "full names": {
        "en": ["full_name", "Customer Name", "patient", "name"],
        "de": ["Ansprechpartner", "Vor- und Nachname", "Kunde", "Name"],
        "fr": ["nom complet", "nom_prenom", "client", "Nom"],
        "es": ["nombre_completo", "Nombre y apellidos", "paciente", "nombre"],
        "it": ["nome_completo", "Nome e Cognome", "paziente", "nominativo"],
        "nl": ["volledige naam", "klant", "contactpersoon", "naam"],
        "pl": ["imię i nazwisko", "ImieNazwisko", "pacjent", "klient"],
        "pt": ["nome completo", "cliente", "funcionário", "titular"],
    },
    "first names": {
        "en": ["first_name", "FirstName", "givenName", "forename"],
        "de": ["Vorname", "Rufname", "VORNAMEN"],
        "fr": ["prénom", "PRENOM", "Prénoms"],
        "es": ["nombre de pila", "primer_nombre"],
        "it": ["nome di battesimo", "nome"],
        "nl": ["voornaam", "Roepnaam"],
        "pl": ["imię", "drugie imię"],
        "pt": ["primeiro nome", "prenome"],
    },
    "last names": {
        "en": ["last_name", "surname", "FamilyName", "maiden_name"],
        "de": ["Nachname", "Familienname", "Geburtsname"],
        "fr": ["nom_de_famille", "nom de naissance", "nom"],
        "es": ["apellido", "Apellidos", "segundo_apellido"],
        "it": ["cognome", "COGNOME"],
        "nl": ["achternaam", "familienaam"],
        "pl": ["nazwisko", "nazwisko_rodowe"],
        "pt": ["apelido", "sobrenome", "último nome"],
    },
    "street addresses": {
        "en": ["street", "address_line_1", "addr2", "Address", "billing address"],
        "de": ["Straße", "Strasse/Hausnummer", "Anschrift"],
        "fr": ["rue", "adresse", "Adresse postale"],
        "es": ["calle", "dirección", "domicilio"],
        "it": ["indirizzo", "via"],
        "nl": ["straat", "adres"],
        "pl": ["ulica", "adres zamieszkania"],
        "pt": ["rua", "morada", "endereço"],
    },
    "towns": {
        "en": ["city", "town", "home_city", "place_of_birth"],
        "de": ["Ort", "Stadt", "Wohnort", "Geburtsort"],
        "fr": ["ville", "commune", "lieu de naissance"],
        "es": ["ciudad", "localidad", "municipio"],
        "it": ["città", "comune", "luogo di nascita"],
        "nl": ["woonplaats", "stad", "plaats"],
        "pl": ["miasto", "miejscowość"],
        "pt": ["cidade", "localidade"],
    },
    "postal codes": {
        "en": ["zip", "ZipCode", "postcode", "postal_code"],
        "de": ["PLZ", "Postleitzahl"],
        "fr": ["code postal", "code_postal", "cp"],
        "es": ["código postal", "CodigoPostal"],
        "it": ["codice postale", "cap"],
        "nl": ["postcode"],
        "pl": ["kod pocztowy"],
        "pt": ["código postal", "cep"],
    },
}  # fmt: skip
VALUES = {
    "full names": FULL,
    "first names": FIRST,
    "last names": LAST,
    "street addresses": STREETS,
    "towns": CITIES,
    "postal codes": POSTAL,
}
ENTITIES = {
    "full names": "PERSON",
    "first names": "PERSON",
    "last names": "PERSON",
    "street addresses": "STREET_ADDRESS",
    "towns": "LOCATION",
    "postal codes": "LOCATION",
}
CASES: list[Case] = [
    (kind, header, VALUES[kind][language], ENTITIES[kind])
    for kind, languages in HEADERS.items()
    for language, headers in languages.items()
    for header in headers
]


@pytest.mark.parametrize(
    ("kind", "header", "values", "entity"), CASES, ids=[f"{name}: {values[0]}" for _, name, values, _ in CASES]
)  # fmt: skip
def test_a_column_is_told_by_its_name_and_values(
    judge: Judge, kind: str, header: str, values: list[str], entity: str
) -> None:
    [found] = told(judge, header, values)
    assert found.entity == entity
    assert found.verified_by.startswith(f"{kind}, by ")
    assert 0.5 <= found.score <= 0.95
    assert found.classification == "CONFIDENTIAL"
    assert found.cells >= len(values) * 5 * 0.6


@pytest.mark.parametrize(
    "header",
    ["dob", "birth_date", "DateOfBirth", "Geburtsdatum", "geb. am", "date_de_naissance", "fecha de nacimiento",
     "data di nascita", "geboortedatum", "data_urodzenia", "data de nascimento", "Birthday"],
)  # fmt: skip
def test_a_date_of_birth_is_found_however_it_is_written(judge: Judge, header: str) -> None:
    [found] = told(judge, header, BIRTHS)
    assert (found.entity, found.cells) == ("DATE_OF_BIRTH", 25)
    [typed] = told(judge, header, ["1980-12-31", "1962-01-01", "2001-06-30"])
    assert (typed.entity, typed.cells, typed.samples[0].masked) == ("DATE_OF_BIRTH", 15, "9999-99-99")  # fmt: skip


@pytest.mark.parametrize(
    "header", ["birth_year", "Geburtsjahr", "année de naissance", "rok urodzenia"]
)
def test_a_year_of_birth_is_found_too(judge: Judge, header: str) -> None:
    [found] = told(judge, header, ["1980", "1962", "2001"])
    assert found.entity == "DATE_OF_BIRTH"


@pytest.mark.parametrize(
    "header",
    ["account_number", "acct_no", "AccountNo", "bank_account", "Kontonummer", "Konto-Nr.", "numéro de compte",
     "número de cuenta", "numero conto", "rekeningnummer", "nr konta", "número da conta", "account"],
)  # fmt: skip
def test_an_account_number_is_digits_under_its_name(judge: Judge, header: str) -> None:
    [found] = told(judge, header, ACCOUNTS)
    assert found.entity == "ACCOUNT_NUMBER"
    [typed] = told(judge, header, ["12345678", "87654321", "20304050"])
    assert (typed.entity, typed.cells) == ("ACCOUNT_NUMBER", 15)


@pytest.mark.parametrize(
    ("header", "values"),
    [
        ("state", ["TX", "CA", "NY", "OH", "WA"]),
        ("province", ["Ontario", "Alberta", "Manitoba"]),
        ("Bundesland", ["Bayern", "Hessen", "Sachsen"]),
        ("nationality", ["German", "French", "Polish"]),
        ("country", ["Germany", "France", "Poland"]),
        ("Staatsangehörigkeit", ["deutsch", "polnisch", "italienisch"]),
    ],
)
def test_regions_and_countries_of_persons_are_locations(
    judge: Judge, header: str, values: list[str]
) -> None:
    [found] = told(judge, header, values)
    assert found.entity == "LOCATION"
