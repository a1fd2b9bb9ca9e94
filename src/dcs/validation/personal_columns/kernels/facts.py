"""What is counted of one cell's words, and what of a whole column's cells."""

# Facts of one cell, in the order of their places.
CORE, FIRST, LAST, PLACE, COMMON, COMPANY, STREET, FILLERS, PAIRED, LETTERS = range(10)
NUMBERS, CODES, COMMAS, SOFT, ODD, PLAIN, TITLED = range(10, 17)
FACTS = 17

# Bits that the lexicon has besides those of the gazetteer.
STREET_WORD, COMPANY_WORD, PARTICLE, TITLE_WORD = 16, 32, 64, 128

# What a cell counts for; a column's evidence is the share of its cells that do.
NAME_SHAPE, FULL_SHAPE, FIRST_KNOWN, LAST_KNOWN, FULL_LIKELY = range(5)
FIRST_SURE, LAST_SURE, FULL_SURE, PLACE_SHAPE, PLACE_KNOWN = range(5, 10)
PLACE_SURE, REGION, COMPANY_LIKE, STREET_SHAPE, STREET_SURE = range(10, 15)
POSTAL, DATE, YEAR, ACCOUNT = range(15, 19)
SIGNS = 19
FIRSTS = 20  # rows kept of each

# Behind them, where a column's name asks for it: cells by characters, and by year.
LENGTHS, MOST_CHARACTERS = SIGNS, 31
YEARS, FIRST_YEAR, LAST_YEAR = LENGTHS + MOST_CHARACTERS + 1, 1850, 2100
COUNTS = YEARS + LAST_YEAR - FIRST_YEAR + 1

# What a column's name asks for, as bits.
WANT_WORDS, WANT_STREET, WANT_POSTAL, WANT_DATE, WANT_YEAR, WANT_ACCOUNT = 1, 2, 4, 8, 16, 32
WANT_DIGITS = WANT_POSTAL | WANT_DATE | WANT_YEAR | WANT_ACCOUNT
