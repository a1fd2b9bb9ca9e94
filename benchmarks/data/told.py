"""
Columns that only their name and all of their values together tell, and others that look like them.

Values come from Faker's locales, headers from lists of our own: those of real
schemas, and of people who make a sheet in a hurry. Nothing here is shared with
the rules that are measured by it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from benchmarks.data.labelled import CELLS, Column

# Locales that the product's tagger was trained on, others whose names it only knows, and some it has never seen.
KNOWN = ("en_US", "en_GB", "de_DE", "fr_FR", "es_ES", "it_IT", "nl_NL", "pl_PL", "pt_PT", "pt_BR")
FURTHER = ("tr_TR", "hu_HU", "hr_HR", "lv_LV")
UNSEEN = ("ha_NG", "sw", "vi_VN", "el_GR", "uk_UA", "ka_GE")
_NEUTRAL = ("value", "x", "field_2", "c4", "Spalte 3", "attr_b", "dato", "raw")

Make = Callable[[Any], str]


@dataclass(frozen=True)
class Told:
    """What a column holds, the entity it should be told as, how a value is made, and its headers by language."""

    name: str
    entity: str | None
    make: Make
    headers: dict[str, tuple[str, ...]]


def _one_line(text: str) -> str:
    return text.replace("\n", ", ")


PERSONAL = (
    Told("full name", "PERSON", lambda fake: f"{fake.first_name()} {fake.last_name()}", {
        "en": ("CUST_NAME", "employee full name", "MemberName"), "de": ("Name des Kunden", "Mitarbeiter", "versicherte Person"),
        "fr": ("Nom et prénom", "nom_client", "salarié"), "es": ("NombreCliente", "nombre y apellidos", "empleado"),
        "it": ("Cognome e nome", "cliente", "nome_paziente"), "nl": ("naam klant", "Volledige naam", "medewerker"),
        "pl": ("imie_nazwisko", "Klient", "nazwa pracownika"), "pt": ("Nome do cliente", "nome_completo", "aluno")}),
    Told("name, family first", "PERSON", lambda fake: f"{fake.last_name()}, {fake.first_name()}", {
        "en": ("pt_name", "Last, First"), "de": ("Name, Vorname",), "fr": ("NOM Prénom",), "es": ("Apellidos, Nombre",),
        "it": ("COGNOME NOME",), "nl": ("Achternaam, voornaam",), "pl": ("Nazwisko i imię",), "pt": ("Apelido, nome",)}),
    Told("first name", "PERSON", lambda fake: fake.first_name(), {
        "en": ("FIRST_NM", "fname", "Given Name(s)"), "de": ("vorname_1", "VName", "Rufname"), "fr": ("Prénom usuel", "prenom_enfant"),
        "es": ("primer nombre", "Nombre"), "it": ("NOME", "nome_proprio"), "nl": ("Voornaam", "roepnaam"),
        "pl": ("Imię", "imie_dziecka"), "pt": ("Primeiro Nome", "nome")}),
    Told("last name", "PERSON", lambda fake: fake.last_name(), {
        "en": ("LAST_NM", "lname", "Surname"), "de": ("Zuname", "familienname", "NName"), "fr": ("Nom de famille", "NOM_USAGE"),
        "es": ("1er apellido", "apellido_paterno"), "it": ("Cognome", "cognome_coniuge"), "nl": ("achternaam", "Geslachtsnaam"),
        "pl": ("Nazwisko", "nazwisko_panienskie"), "pt": ("Sobrenome", "apelido")}),
    Told("town", "LOCATION", lambda fake: fake.city(), {
        "en": ("City", "ship_to_city", "town"), "de": ("Wohnort", "Ort"), "fr": ("Ville", "commune_residence"),
        "es": ("Localidad", "ciudad_origen"), "it": ("Città", "comune di residenza"), "nl": ("Woonplaats", "plaats"),
        "pl": ("Miejscowość", "miasto"), "pt": ("Cidade", "localidade")}),
    Told("postal code", "LOCATION", lambda fake: fake.postcode(), {
        "en": ("ZIP Code", "postcode", "mailing_zip"), "de": ("PLZ", "plz_wohnort"), "fr": ("Code Postal", "cp"),
        "es": ("C.P.", "codigo_postal"), "it": ("CAP", "cap_residenza"), "nl": ("Postcode", "postcode_klant"),
        "pl": ("Kod pocztowy", "kod_poczt"), "pt": ("CEP", "cod_postal")}),
    Told("street", "STREET_ADDRESS", lambda fake: _one_line(fake.street_address()), {
        "en": ("Address 1", "home_street", "ADDR_LINE_1"), "de": ("Straße und Nr.", "Adresse"), "fr": ("Adresse", "num_voie"),
        "es": ("Dirección", "calle y número"), "it": ("Indirizzo", "via/piazza"), "nl": ("Straat en huisnummer", "adres"),
        "pl": ("Ulica", "adres_zam"), "pt": ("Morada", "logradouro")}),
    Told("whole address", "STREET_ADDRESS", lambda fake: _one_line(fake.address()), {
        "en": ("Mailing Address", "address"), "de": ("Anschrift",), "fr": ("adresse_complete",), "es": ("domicilio_completo",),
        "it": ("indirizzo completo",), "nl": ("Adresgegevens",), "pl": ("Adres zamieszkania",), "pt": ("endereco",)}),
    Told("date of birth", "DATE_OF_BIRTH", lambda fake: _born(fake, "%d.%m.%Y"), {
        "en": ("Birth Date", "DOB", "patient_dob"), "de": ("geb.", "GebDatum"), "fr": ("Né(e) le", "date_naissance"),
        "es": ("F. Nacimiento", "fecha_nac"), "it": ("Data di nascita", "nato il"), "nl": ("Geboortedatum", "geb_datum"),
        "pl": ("Data ur.", "data_urodzenia"), "pt": ("Data de Nascimento", "dt_nasc")}),
    Told("account", "ACCOUNT_NUMBER", lambda fake: fake.bban(), {
        "en": ("Account No.", "acct_num"), "de": ("Konto-Nr", "Bankkonto"), "fr": ("N° de compte", "num_compte"),
        "es": ("Nº de cuenta", "cuenta"), "it": ("N. conto", "conto corrente"), "nl": ("Rekeningnr.", "rekeningnummer"),
        "pl": ("Nr rachunku", "numer_konta"), "pt": ("Nº da conta", "conta_bancaria")}),
)  # fmt: skip

HARMLESS = (
    Told("company", None, lambda fake: fake.company(), {"en": ("company", "Employer", "supplier_nm")}),
    Told("job", None, lambda fake: fake.job(), {"en": ("job", "occupation", "Position")}),
    Told("slogan", None, lambda fake: fake.catch_phrase(), {"en": ("slogan", "product_name", "motto")}),
    Told("colour", None, lambda fake: fake.color_name(), {"en": ("colour", "paint name", "finish")}),
    Told("month", None, lambda fake: fake.month_name(), {"en": ("month", "billing month", "Period")}),
    Told("weekday", None, lambda fake: fake.day_of_week(), {"en": ("weekday", "delivery_day", "Tag")}),
    Told("language", None, lambda fake: fake.language_name(), {"en": ("language", "spoken", "Sprache")}),
    Told("currency", None, lambda fake: fake.currency_name(), {"en": ("currency", "currency_name", "Währung")}),
    Told("file name", None, lambda fake: fake.file_name(), {"en": ("file_name", "attachment", "Name der Datei")}),
    Told("user agent", None, lambda fake: fake.user_agent(), {"en": ("user_agent", "client", "browser")}),
    Told("sentence", None, lambda fake: fake.sentence(nb_words=4), {"en": ("subject", "short text", "remark")}),
    Told("word", None, lambda fake: fake.word(), {"en": ("keyword", "name", "label")}),
    Told("domain", None, lambda fake: fake.domain_name(), {"en": ("domain_name", "website", "server name")}),
    Told("login", None, lambda fake: fake.slug(), {"en": ("slug", "user_handle", "branch name")}),
    Told("digits", None, lambda fake: fake.numerify("########"), {"en": ("account_id", "customer_no", "order number")}),
    Told("two words and a number", None, lambda fake: f"{fake.word().title()} {fake.word()} {fake.random_int(1, 99)}", {"en": ("product", "item", "address_type")}),
    Told("day of an order", None, lambda fake: f"{fake.date_between('-5y', 'today'):%d.%m.%Y}", {"en": ("order_date", "Lieferdatum", "hired on", "date")}),
    Told("day that a card expires", None, lambda fake: fake.credit_card_expire(), {"en": ("expiry", "valid thru", "birthday_club")}),
    Told("state of an order", None, lambda fake: fake.random_element(("open", "packed", "sent", "lost")), {"en": ("state", "order_state", "place")}),
    Told("price", None, lambda fake: fake.pricetag(), {"en": ("price", "last", "account")}),
    Told("book", None, lambda fake: fake.sentence(nb_words=3).title().strip("."), {"en": ("title", "book_name", "song")}),
    Told("plate", None, lambda fake: fake.license_plate(), {"en": ("plate", "vehicle name", "reg_no")}),
    Told("code of a country", None, lambda fake: fake.country_code(), {"en": ("country_code", "iso", "market")}),
    Told("product and place", None, lambda fake: f"{fake.city()} {fake.word()}", {"en": ("product_title", "campaign", "shop name")}),
)  # fmt: skip


def personal(seed: int, locales: tuple[str, ...] = KNOWN) -> Iterator[Column]:
    """Yield every personal column of every locale, under each of its language's headers and one that tells nothing."""
    for number, (locale, kind) in enumerate((a, b) for a in locales for b in PERSONAL):
        language = locale[:2] if locale[:2] in kind.headers else "en"
        for header in (*kind.headers[language], _NEUTRAL[number % len(_NEUTRAL)]):
            yield _column(seed, locale, kind, header)


def harmless(seed: int) -> Iterator[Column]:
    """Yield what only looks like it, under its own headers and two that tell nothing."""
    for number, kind in enumerate(HARMLESS):
        places = (number % len(_NEUTRAL), (number + 3) % len(_NEUTRAL))
        for header in (*kind.headers["en"], *(_NEUTRAL[each] for each in places)):
            yield _column(seed, "en_US", kind, header)


def is_neutral(header: str) -> bool:
    """Return whether a header tells nothing."""
    return header in _NEUTRAL


def _column(seed: int, locale: str, kind: Told, header: str) -> Column:
    from faker import Faker  # only measurements need it

    fake = Faker(locale)
    fake.seed_instance(f"{seed} {locale} {kind.name} {header}")
    cells = tuple(kind.make(fake) for _ in range(CELLS))
    return Column(header, f"{kind.name}, {locale}", cells, kind.entity)


def _born(fake: Any, form: str) -> str:
    rng: Random = fake.random
    return f"{date(1936, 1, 1) + timedelta(days=rng.randrange(89 * 365)):{form}}"
