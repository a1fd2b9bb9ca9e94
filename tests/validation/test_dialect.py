"""The dialect is what the text itself shows, however odd the text around it."""

import csv
import io
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from dcs.validation.delimited.dialect import DELIMITERS, SAMPLE, Dialect, detect

PEOPLE = [
    ["key", "full name", "born", "height", "remark"],
    ["17", "Noor Haddad", "1984-02-29", "171.5", "left early, came back"],
    ["18", "Ida Lund", "1990-11-03", "164.0", 'said "later" twice'],
    ["19", "Tom O'Neil", "1979-06-15", "180.2", "first line\nsecond line"],
    ["20", "Ana Kovač", "2001-01-31", "158.9", "a;b|c:d^e~f"],
]


def written(rows: list[list[str]], delimiter: str, quote: str, escape: str) -> str:
    text = io.StringIO()
    doubled = escape == quote
    csv.writer(
        text,
        delimiter=delimiter,
        quotechar=quote,
        doublequote=doubled,
        escapechar=None if doubled else escape,
        quoting=csv.QUOTE_NONNUMERIC,
        lineterminator="\n",
    ).writerows(rows)
    return text.getvalue()


@pytest.mark.parametrize("delimiter", DELIMITERS)
@pytest.mark.parametrize(("quote", "escape"), [('"', '"'), ('"', "\\"), ("'", "'"), ("'", "\\")])
def test_every_delimiter_quote_and_escape_is_recognised(
    delimiter: str, quote: str, escape: str
) -> None:
    text = written(PEOPLE, delimiter, quote, escape)
    assert detect(text) == Dialect(delimiter, quote, escape)


@pytest.mark.parametrize("delimiter", DELIMITERS)
def test_a_header_alone_shows_its_delimiter(delimiter: str) -> None:
    assert detect(delimiter.join(["station", "sensor", "reading"])).delimiter == delimiter


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("stop;lat;lon\nHarbour;54,32;10,13\nMill;54,30;10,11\n", ";"),
        ("1,5;2,25\n3,75;4,5\n", ";"),
        ("at,what\n2023-05-01 08:15:00,open\n2023-05-01 17:45:30,shut\n", ","),
        ("from|to\n08:15|09:20\n10:05|11:00\n", "|"),
        ("nr\ttext\n1\tOne, two, three and four\n2\tFive, six\n", "\t"),
        ("nr;author\n1;Lund, Ida\n2;Haddad, Noor\n", ";"),
        ("nr;tags\n1;red,green,blue\n2;red,white,blue\n", ";"),
        ("nr,tags\n1,red|green\n2,blue|white\n", ","),
        ("daemon:x:1:1::/usr/sbin:/bin/sh\nbin:x:2:2::/bin:/bin/sh\n", ":"),
        ("page,address\n1,https://example.org/a?b=c\n2,http://example.net/d;e\n", ","),
        ("Export of 3 May: all stations\n\nid;n;m\n1;2;3\n4;5;6\n7;8;9\n", ";"),
        ("# made by hand, do not edit\nid\tn\n1\t2\n3\t4\n", "\t"),
        ("id;n;m\n1;2;3\n4;5;6\n7;8;9\n\nSum: 3, checked\n", ";"),
        ("a^b^c\n1^2^3\n4^5\n6^7^8\n9^1^2^3\n4^5^6\n", "^"),
        ('id|doc\n1|{"k": 1, "l": [2, 3]}\n2|{"k": 4, "l": [5, 6]}\n', "|"),
        ("id,n\r\n1,2\r\n3,4\r\n", ","),
        ("id~n\r1~2\r3~4\r", "~"),
        ("x y z\n1.5 2 3.25\n4.5 5 6.75\n7.5 8 9.25\n", " "),
    ],
)
def test_the_text_around_a_delimiter_does_not_mislead(text: str, delimiter: str) -> None:
    assert detect(text).delimiter == delimiter


@pytest.mark.parametrize(
    "text",
    [
        "word\nmoss\nfern\n",
        "time\n08:15:00\n09:20:30\n",
        "price\n3,50\n12,95\n7,25\n",
        "remark\nFine, thanks\nBad, sorry\nWell, yes, no\n",
        "name\nIda Lund\nNoor Haddad\nTom Berg\n",
        "",
        "\n\n",
    ],
)
def test_one_column_gets_a_delimiter_that_does_not_split_it(text: str) -> None:
    assert detect(text).delimiter not in text


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("id,n\n1,2\n", '"'),
        ("id,n\n1,it's\n2,O'Neil\n3,rock 'n' roll\n", '"'),
        ('id\tsize\n1\t5" pipe\n2\t7" pipe\n', ""),
        ("id,n\n1,'x, y'\n2,'z'\n", "'"),
        ('id,n\n1,"2\n3,4\n', '"'),
    ],
)
def test_a_quote_is_one_only_where_it_holds_cells(text: str, quote: str) -> None:
    assert detect(text).quote == quote


def test_quotes_and_escapes_far_from_the_beginning_are_seen() -> None:
    plain = "id,remark\n" + "".join(f"{n},word\n" for n in range(9_000))
    assert detect(plain + "1,'a, b'\n").quote == "'"
    quoted = plain.replace("word", '"word"') + '1,"a \\"b\\", c"\n'
    assert detect(quoted) == Dialect(",", '"', "\\")


def test_a_space_behind_every_delimiter_belongs_to_it() -> None:
    assert detect('id, name\n1, "Lund, Ida"\n2, "Berg, Tom"\n') == Dialect(",", '"', '"', True)
    assert not detect("id,name\n1, x\n2,y\n").skipinitialspace


def test_a_record_cut_by_the_end_of_the_sample_does_no_harm() -> None:
    text = written(PEOPLE[:1] + PEOPLE[1:] * 3_000, "|", '"', '"')
    for length in range(SAMPLE - 40, SAMPLE):
        assert detect(text[:length]) == Dialect("|", '"', '"')


def test_published_files_are_comma_separated(real_data: Mapping[str, Path]) -> None:
    for path in real_data.values():
        text = path.read_text(encoding="utf-8")[:SAMPLE]
        assert detect(text) == Dialect(), path.name


@pytest.mark.parametrize(
    "piece",
    ['"', ',"', '\\"', "\n", " ", ",;\t|:^~ ", '"a,""b\n', "'\",;\n\\", ",\\", "1 234 ", "é", "\r"],
)
def test_no_text_takes_long(piece: str) -> None:
    text = (piece * (SAMPLE // len(piece) + 1))[:SAMPLE]
    began = time.process_time()
    detect(text)
    assert time.process_time() - began < 30  # a tenth of a second; a quadratic step takes minutes
