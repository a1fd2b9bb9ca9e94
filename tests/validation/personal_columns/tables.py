"""Columns of values, written by hand: what people have in their files, in eight languages."""

from dcs.validation import PersonalData, Report
from tests.validation.conftest import Judge

FULL = {
    "en": ["Mary Johnson", "James Smith", "Linda Brown", "Robert Wilson", "Patricia Taylor"],
    "de": ["Jürgen Müller", "Sabine Schneider", "Thomas Fischer", "Petra Weber", "Klaus Wagner"],
    "fr": ["Marie Dupont", "Pierre Lefebvre", "Nathalie Moreau", "Jacques Bernard", "Claire Petit"],
    "es": ["María García López", "José Martínez", "Carmen Fernández", "Antonio Sánchez", "Lucía Ruiz"],
    "it": ["Giulia Rossi", "Marco Bianchi", "Francesca Esposito", "Luca Ferrari", "Paola Romano"],
    "nl": ["Jan de Vries", "Anna van den Berg", "Pieter Bakker", "Sanne Visser", "Kees Jansen"],
    "pl": ["Anna Kowalska", "Piotr Nowak", "Katarzyna Wójcik", "Paweł Lewandowski", "Ewa Zielińska"],
    "pt": ["João da Silva", "Maria dos Santos", "Ana Pereira", "Pedro Costa", "Carlos Oliveira"],
}  # fmt: skip
FIRST = {language: [name.split()[0] for name in names] for language, names in FULL.items()}
LAST = {language: [name.split()[-1] for name in names] for language, names in FULL.items()}
STREETS = {
    "en": ["12 Main Street", "4 Oak Ave, Apt 2", "221B Baker St", "PO Box 17", "99 Mill Lane"],
    "de": ["Lindenstraße 4", "Hauptstr. 12a", "Am Markt 3", "Feldweg 7", "Rosengasse 1"],
    "fr": ["12 rue de la Paix", "3 bis avenue Foch", "7 place du Marché", "1 quai Voltaire", "9 impasse Gambetta"],
    "es": ["Calle Mayor 12", "Avda. de América 4", "Plaza España 1", "Paseo del Prado 8", "C/ Luna 3"],
    "it": ["Via Garibaldi 12", "Viale Roma 3", "Piazza Dante 1", "Corso Italia 44", "Vicolo Corto 2"],
    "nl": ["Kerkstraat 12", "Dorpsweg 4", "Prinsengracht 263", "Julianalaan 8", "Stationsplein 1"],
    "pl": ["ul. Długa 12/4", "al. Wolności 3", "os. Kolorowe 7", "ul. Polna 1", "pl. Zamkowy 5"],
    "pt": ["Rua das Flores 12", "Avenida da Liberdade 4", "Travessa do Sol 7", "Rua Augusta 1", "Largo do Carmo 3"],
}  # fmt: skip
CITIES = {
    "en": ["Manchester", "New York", "Chicago", "Leeds", "Dallas"],
    "de": ["Köln", "München", "Hamburg", "Leipzig", "Frankfurt am Main"],
    "fr": ["Lyon", "Marseille", "Nantes", "Saint-Étienne", "Lille"],
    "es": ["Sevilla", "Valencia", "Zaragoza", "Bilbao", "San Sebastián"],
    "it": ["Milano", "Roma", "Torino", "Napoli", "Bologna"],
    "nl": ["Utrecht", "Rotterdam", "Den Haag", "Eindhoven", "Groningen"],
    "pl": ["Kraków", "Gdańsk", "Łódź", "Poznań", "Wrocław"],
    "pt": ["Lisboa", "Porto", "Coimbra", "Braga", "Faro"],
}
POSTAL = {
    "en": ["SW1A 1AA", "M1 1AE", "90210", "10001-1234", "EC1A 1BB"],
    "de": ["50667", "80331", "20095", "04109", "60311"],
    "fr": ["75001", "13002", "69003", "31000", "06000"],
    "es": ["28001", "08001", "41001", "46002", "50003"],
    "it": ["20121", "00184", "10121", "80133", "40121"],
    "nl": ["1012 AB", "3011 XC", "2511BT", "5611 AZ", "9711 LM"],
    "pl": ["00-950", "31-001", "80-831", "61-001", "50-001"],
    "pt": ["1000-205", "4000-322", "3000-033", "4700-030", "8000-138"],
}
BIRTHS = ["1980-12-31", "31.12.1962", "12/31/1999", "4 March 1955", "19470115"]
ACCOUNTS = ["12345678", "00420815", "99-1234-567", "87654321", "1020304050"]


def column(name: str, values: list[str]) -> str:
    """Return a file of one column, every value five times over with blanks between."""
    cells = [*values, "", *values, *values, *values]
    return f'"{name}"\n' + "".join(f'"{each}"\n' for each in cells)


def told(judge: Judge, name: str, values: list[str]) -> list[PersonalData]:
    """Return what is told by a column beside another that holds a person's e-mail addresses."""
    return of_tier_b(judge(beside_mail(name, values)), name)


def of_tier_b(report: Report, name: str) -> list[PersonalData]:
    return [each for each in report.personal_data if each.tier == "B" and each.column == name]


def beside_mail(name: str, values: list[str]) -> str:
    """Return a file with a column, and one of e-mail addresses."""
    rows = "".join(f'"{each}",p{n}@example.org\n' for n, each in enumerate(values * 5))
    return f'"{name}",mail\n{rows}'
