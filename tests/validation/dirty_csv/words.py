"""Word lists the tables are made of; every person, address and number is invented."""

FIRST = (
    "Anna", "Björn", "Chiara", "Dmitri", "Élodie", "Fatima", "Günther", "Hannah", "Íñigo", "Jürgen",
    "Kwame", "Łukasz", "María José", "Niamh", "Øystein", "Priya", "Quentin", "Rosalía", "Siobhán",
    "Thúy", "Umberto", "Véronique", "Wei", "Xóchitl", "Yusuf", "Zoë", "太郎", "小明", "민수", "Anne-Marie",
)  # fmt: skip
LAST = (
    "O'Brien", "Müller", "D'Angelo", "Nakamura", "García Márquez", "Smith-Jones", "Østergaard",
    "van der Berg", "'t Hof", "Kowalski", "Ó Súilleabháin", "Weiß", "Petrov", "Nguyễn", "Lindström",
    "de la Cruz", "Okafor", "山田", "王", "김", "Schäfer", "Dubois", "L'Hôpital", "Brown", "St. John",
)  # fmt: skip
STREETS = (
    "High Street", "Rue de l'Église", "Hauptstraße", "Via Roma", "King's Road", "Paseo del Prado",
    "Storgatan", "Station Road", "Lindenallee", "Avenida da Liberdade", "St Mary's Lane",
    "中央通り", "ul. Długa", "Prinsengracht", "Main St", "Chemin des Prés", "Am Bahnhof",
)  # fmt: skip
EXTRAS = (
    "", "", "", ", Flat 3", ", Apt. 12-B", ", 2nd floor", ", c/o Weber", "; rear building",
    ", Bât. C, 4e étage", " (Hinterhaus)", ", Suite 100, Box 7", " #5",
)  # fmt: skip
CITIES = (
    ("Dublin", "D02 X285", "IE"), ("München", "80331", "DE"), ("Paris", "75004", "FR"),
    ("Washington, DC", "20500", "US"), ("São Paulo", "01310-100", "BR"), ("東京", "100-0001", "JP"),
    ("'s-Hertogenbosch", "5211 AA", "NL"), ("Zürich", "8001", "CH"), ("Kraków", "30-001", "PL"),
    ("L'Aquila", "67100", "IT"), ("Malmö", "211 20", "SE"), ("上海", "200000", "CN"),
    ("Springfield, IL", "62701", "US"), ("Stratford-upon-Avon", "CV37 6QW", "GB"),
    ("Halle (Saale)", "15230", "DE"), ("Coeur d'Alene, ID", "83814", "US"),
)  # fmt: skip
COMPANIES = (
    "Acme, Inc.", "Nordwind GmbH & Co. KG", "Smith, Jones & Partners", "Café Zentral", "Blue Ltd.",
    "Müller Söhne AG", "Pêcheurs d'Islande SA", "Tanaka K.K.", "Fix-It-All", "O'Neill Bros., LLC",
    "Red|Blue Design", "A/S Havn", "Green Fields Co-op", "Data: Now!", "Ruiz y Hijos, S.L.",
)  # fmt: skip
PRODUCTS = (
    '19" rack shelf', "Garden hose, green", "Kids' bicycle", "Schraubendreher-Satz", "Tea kettle",
    'Monitor 27" curved', "Olive oil, extra virgin", "USB-C cable; braided", "Water filter",
    "LED bulb E27", "Blue jeans", "Coat hanger", 'Pipe 1/2" copper', "Desk lamp", "Bücherregal",
    "Notebook A5, dotted", "Hammer", "Screen protector", "Réveil mécanique", "Rain jacket",
    "Paint | white | 5 l", "茶碗", "Ladies' gloves", "Cutting board", 'Frame 8" x 10"', "Backpack",
)  # fmt: skip
SIZES = ('5"', '12"', "10 cm", "XL", "3'6\"", "42", "M", '1/2"', "2.5 m", '24" x 36"', "one size")
COLOURS = ("red", "green", "blue", "black", "white", "off-white", "grün", "jaune", "navy", "beige")
UNITS = ("mg/l", "µg/m³", "°C", "kPa", "mol/l", "ppm", "km/h", "W/m²", "%")
CURRENCIES = ("EUR", "USD", "GBP", "JPY", "CHF", "PLN")
WORDS = (
    "delivery", "was", "late", "but", "the", "box", "arrived", "intact", "quality", "is", "fine",
    "for", "this", "price", "we", "would", "order", "again", "support", "answered", "quickly",
    "colour", "differs", "from", "picture", "handle", "broke", "after", "two", "weeks", "very",
    "happy", "with", "it", "gift", "my", "sister", "manual", "only", "in", "German", "leider",
    "ziemlich", "laut", "très", "bien", "can't", "complain", "doesn't", "fit", "returned", "refund",
)  # fmt: skip
QUOTATIONS = (
    'He said "never again"', 'the so-called "premium" model', 'marked "fragile", of course',
    'asked for "the blue one"', 'see "Terms", section 4', 'a "gift"', '"Wow", she wrote',
)  # fmt: skip
LINES = (
    "Called the customer, no answer.", "Parcel came back: address unknown", "- replaced the pump",
    "- tested for 2 hours; no leaks", "Kind regards,", "Please call before 10:00.", "Thanks!",
    "Order 12-345 | partly shipped", "Kunde wünscht Rückruf.", "* see photo", "It's solved now.",
    'Label says "Type B".', "Next visit: 14.06.2024", "Total 3 items, 2 missing",
)  # fmt: skip
LEVELS = ("INFO", "WARN", "ERROR", "DEBUG")
HOSTS = ("web-01", "web-02", "db-primary", "db-replica-3", "cache.internal", "edge-fra-7", "mail")
MESSAGES = (
    "worker-3 | job done | 12 ms", "connection reset by peer", "disk /dev/sda1: 91% full",
    "user=guest, action=login, result=denied", "retry 2/5; backing off", "GET /index.html -> 200",
    "queue length 17", "cache miss | key=a1b2", "started in 3.2 s", "config reloaded: 4 files",
    "TLS handshake failed: unknown ca", "checkpoint complete, wrote 311 buffers", "cron[212]: done",
    "could not read ~/.profile", "expected ^[a-z]+$", "it's alive", "a:b:c", "shutdown requested",
)  # fmt: skip
AGENTS = (
    "Mozilla/5.0 (X11; Linux x86_64; rv:124.0) Gecko/20100101 Firefox/124.0", "curl/8.5.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X)", "ExampleBot/1.0 (+https://bot.test)",
    "-",
)  # fmt: skip
PATHS = (
    "/", "/search?q=red+shoes&page=2;sort=asc", "/items/42", "/a,b,c/list.html", "/login?next=%2F",
    "/~anna/notes.txt", "/api/v2/users?ids=1,2,3", "/img/logo.svg?v=1.2.3", "/p;jsessionid=1F2E",
    "/wiki/Category:Tools", "/tags/a|b", "/shop?a=b&c=d;e", "/feed.xml#top", "/old/page",
)  # fmt: skip
TITLES = (
    "The Sea, the Sea", 'The "Blue" Hour', "Wörterbuch der Farben", "L'été, encore", "On Maps",
    "Rivers: A Short History", "Who's Afraid of Noise?", "Eats, Naps & Leaves", "吾輩は猫", "Salt",
    "A Handbook of Knots; Second Edition", "Tables | Figures | Facts", "Être ou paraître",
    "Night Trains", 'From "A" to "Z"', "The Gardener's Year", "Bread (and Butter)", "Zero",
)  # fmt: skip
PUBLISHERS = ("Harbour Press", "Éditions du Lac", "Verlag Nord, Kiel", "Ink & Co.", "北書房")
SUBJECTS = (
    "Re: budget", "Sprint review", "Lunch; all welcome", "1:1 with Zoë", "Fire drill, floor 2",
    "Brainstorm | ideas", "Interview", "Team's retrospective", "Übergabe Projekt B", "Yoga",
    "Board meeting", "Fwd: Re: offer", "Training (part 2/3)",
)  # fmt: skip
ROOMS = ("A-101", "B 2.04", "Kleiner Saal", "online", "Room 7", "Salle Est", "—")
COUNTRIES = (
    "Germany", "Côte d'Ivoire", "Korea, Rep.", "Bahamas, The", "Österreich", "United Kingdom",
    "Bosnia and Herzegovina", "日本", "Congo, Dem. Rep.", "Lao P.D.R.", "Brazil", "Guinea-Bissau",
    "Iran, Islamic Rep.", "Saint Lucia", "Türkiye", "New Zealand", "Norway", "Timor-Leste",
)  # fmt: skip
PLACES = (
    "Mont Blanc", "Land's End", "Ben Nevis", "Zugspitze", "富士山", "Cabo de São Vicente", "Nordkapp",
    "Lake Geneva, north", "Devil's Dyke", "Kap Arkona", "Point A", "Station 12/b", "Hill 60", "Etna",
)  # fmt: skip
FOLDERS = (
    "C:\\Users\\anna\\Documents\\", "D:\\Backup\\2024\\", "\\\\server\\share\\", "/var/log/",
    "/home/bob/My Pictures/", "~/notes/", "C:\\Program Files (x86)\\Tool, v2\\", "/srv/www/a;b/",
)  # fmt: skip
FILES = (
    "report.xlsx", "IMG_0042.jpg", "budget, final (2).docx", "notes.txt", "a|b.csv", "README", "",
    "Übersicht 2024.pdf", "don't delete.zip", "data_2024-03-01T10-15.json", "x^2.nb", "old~1.bak",
)  # fmt: skip
TRANSLATIONS = (
    ("Save", "Speichern", "保存", "Enregistrer"),
    ("Are you sure?", "Wirklich?", "よろしいですか？", "Êtes-vous sûr ?"),
    ("Hello, {name}!", "Hallo {name}!", "こんにちは、{name}さん！", "Bonjour, {name} !"),
    ("{n} file(s) left", "noch {n} Datei(en)", "残り{n}件", "{n} fichier(s) restant(s)"),
    ("It's empty", "Nichts da", "空です", "C'est vide"),
    ("Yes", "Ja", "はい", "Oui"),
    ("Error: %s", "Fehler: %s", "エラー：%s", "Erreur : %s"),
    ("Sign in; or register", "Anmelden; neues Konto", "ログイン", "Se connecter ; s'inscrire"),
    ('Press "OK"', 'Auf "OK" drücken', "「OK」を押す", "Appuyez sur « OK »"),
    ("Name, street, city", "Name, Straße, Ort", "氏名、住所", "Nom, rue, ville"),
    ("Back", "Zurück", "戻る", "Retour"),
    ("a|b|c", "a|b|c", "a|b|c", "a|b|c"),
    ("Don't ask again", "Nicht mehr fragen", "今後表示しない", "Ne plus demander"),
)
TITLE_LINES = (
    "Sales report", "# Export of 2024-03-01 08:15:00", "Monthly overview (draft)", "Confidential",
    "Created by: reporting service", "Region: North, South", "# rows: 42; version: 3",
    "Stand: 31.12.2023", "Umsätze je Filiale", "Source: city statistics, table 7-B",
    "Generated from view v_export | do not edit", "# encoding=utf-8", "Quarter 2", "%% instrument 9",
)  # fmt: skip
FOOTER_LINES = (
    "Total: 1,234", "(42 rows)", "-- end of export --", "Source: own survey, 2023", "# EOF",
    "Summe: 12.345,67 EUR", "* preliminary; subject to change", "Printed 2024-03-01 at 09:30:12",
)  # fmt: skip
