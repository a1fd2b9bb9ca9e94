"""Columns of text made without a loop over rows: NumPy draws, Arrow keeps the bytes."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.data.phones import AREAS

Digits = npt.NDArray[np.uint8]

_FIRST = (
    "Adaeze", "Bruno", "Carmen", "Dmitri", "Elif", "Farid", "Greta", "Hiroshi", "Iris", "Jonas",
    "Katrin", "Leandro", "Mirela", "Nadia", "Oskar", "Paloma", "Quentin", "Rosa", "Stefan", "Tamar",
    "Ursula", "Viktor", "Wilma", "Xenia", "Yusuf", "Zora", "Amina", "Bogdan", "Chiara",
)  # fmt: skip
_LAST = (
    "Albrecht", "Bianchi", "Castillo", "Duarte", "Eriksen", "Fontaine", "Grabowski", "Horvat",
    "Ivanova", "Jansen", "Kowalska", "Lindqvist", "Moreau", "Nakamura", "Okafor", "Petrov",
    "Quiroga", "Rossi", "Schneider", "Toivonen", "Ueda", "Vargas", "Weber", "Yilmaz",
)  # fmt: skip
_HOSTS = (
    "example.com", "example.org", "mail.example.net", "firma.example.de", "correo.example.es",
)  # fmt: skip
_CITIES = (
    "Aarhus", "Bilbao", "Coimbra", "Dresden", "Essen", "Fukuoka", "Gdańsk", "Haifa", "Izmir",
    "Jena", "Kraków", "Lyon", "Malmö", "Nantes", "Oslo", "Porto", "Quito", "Riga", "Split", "Turku",
    "Utrecht", "Vilnius", "Wrocław", "York", "Zagreb",
)  # fmt: skip

_CATEGORIES = (
    "garden", "kitchen", "office", "toys", "books", "outdoor", "pets", "lighting",
)  # fmt: skip
BEGINNINGS = (
    "Customer asked for a later delivery",
    "Parcel was left with the neighbour",
    "Box arrived with a small dent on the side",
    "Waiting for the supplier to confirm the colour",
    "Called twice without an answer",
    "Refund was approved by the shift lead",
    "Label could not be read by the scanner",
    "Pickup moved to the following week",
    "Second attempt, gate was locked",
    "Packed together with the previous order",
    "Quality control found no fault",
    "Item swapped for the larger model",
)
ENDINGS = (
    "and everything else went as planned.",
    "so the driver will come back tomorrow before noon.",
    "therefore the shelf stays reserved until Friday.",
    "which the team noted in the daily protocol.",
    "but the warehouse has enough in stock.",
    "and no further step is needed on our side.",
    "as agreed with the department last month.",
    "hence the priority was lowered by one.",
)


class Cells:
    """Makes the columns of one block of *rows*; the same generator makes the same columns."""

    def __init__(self, rng: np.random.Generator, rows: int) -> None:
        self.rng = rng
        self._rows = rows

    def sparse(self, column: pa.Array, share: float) -> pa.Array:
        """Return *column* without about *share* of its cells."""
        return pc.if_else(
            pa.array(self.rng.random(self._rows) < share), pa.scalar(None, column.type), column
        )

    def instants(self) -> pa.Array:
        """Seconds of the years 2023 to 2025."""
        return pa.array(
            self.rng.integers(1_672_531_200, 1_767_225_600, self._rows), pa.timestamp("s")
        )

    def days(self) -> pa.Array:
        """Days of the same years."""
        return pa.array(self.rng.integers(19_358, 20_454, self._rows, np.int32), pa.date32())

    def names(self) -> pa.Array:
        """Given names and family names."""
        return self._joined(self._pick(_FIRST), self._pick(_LAST), " ")

    def emails(self) -> pa.Array:
        """Mailboxes, most of them different."""
        person = self._joined(self._pick(_FIRST), self._pick(_LAST), ".")
        local = self._joined(pc.ascii_lower(person), fixed(self._digits(6)), "")
        return self._joined(local, self._pick(_HOSTS), "@")

    def phones(self) -> pa.Array:
        """North American numbers as ``+1-212-555-0123``; no exchange ends in 11."""
        area, line = self._pick(AREAS), fixed(self._digits(4))
        exchange = self._digits(3)
        exchange[:, 0] = self.rng.integers(2, 10, self._rows)
        exchange[:, 1] = np.where(exchange[:, 1] == 1, 2, exchange[:, 1])
        number = pc.binary_join_element_wise(area, fixed(exchange), line, "-")
        return self._joined(self._pick(("+1",)), number, "-")

    def cards(self) -> pa.Array:
        """Sixteen digits from three issuers with a valid last one (ISO/IEC 7812-1)."""
        digits = self._digits(16)
        prefixes = np.array([[4, 0], [5, 1], [5, 5]], np.uint8)
        digits[:, :2] = prefixes[self.rng.integers(0, 3, self._rows)]
        doubled = digits[:, :15].astype(np.int64) * np.array([2, 1] * 7 + [2])
        digits[:, 15] = -(doubled // 10 + doubled % 10).sum(axis=1) % 10
        return fixed(digits)

    def social_security(self) -> pa.Array:
        """Social Security numbers as ``123-45-6789``; no part is zero, no area 666 or above 899."""
        area = self.rng.integers(1, 900, self._rows)
        area = np.where(area == 666, 665, area)
        group, serial = (self.rng.integers(1, top, self._rows) for top in (100, 10_000))
        parts = (fixed(_decimal(n, size)) for n, size in ((area, 3), (group, 2), (serial, 4)))
        return pc.binary_join_element_wise(*parts, "-")

    def ips(self) -> pa.Array:
        """Public-looking addresses of version 4."""
        octets = [self.rng.integers(low, high, self._rows) for low, high in ((11, 223),) + 3 * ((0, 256),)]  # fmt: skip
        return pc.binary_join_element_wise(*(pa.array(o).cast(pa.string()) for o in octets), ".")

    def ibans(self) -> pa.Array:
        """German accounts with valid check digits (ISO 7064 MOD 97-10)."""
        account = self._digits(18)
        rest = np.zeros(self._rows, np.int64)
        for column in account.T:
            rest = (rest * 10 + column) % 97
        check = 98 - (rest * 10**6 + 131_400) % 97  # D is 13, E is 14, and two places for the check
        return pc.binary_join_element_wise("DE", fixed(_decimal(check, 2)), fixed(account), "")

    def order_ids(self, index: npt.NDArray[np.int64]) -> pa.Array:
        """Codes that count upwards, a hard negative."""
        return pc.binary_join_element_wise("ORD", fixed(_decimal(index, 10)), "-")

    def cities(self) -> pa.Array:
        """Twenty-five towns."""
        return self._pick(_CITIES)

    def categories(self) -> pa.Array:
        """Eight words."""
        return self._pick(_CATEGORIES)

    def codes(self) -> pa.Array:
        """Thirty-two hexadecimal digits, a hard negative."""
        return fixed(self.rng.integers(0, 16, (self._rows, 32), np.uint8))

    def notes(self, at: npt.NDArray[np.int64], secrets: Sequence[str]) -> pa.Array:
        """Two phrases a row; the rows *at* have one of *secrets* between them."""
        begin, end = self._pick(BEGINNINGS), self._pick(ENDINGS)
        told = [f"{a} {secret} {b}" for a, secret, b in zip(
            begin.take(pa.array(at)).to_pylist(), secrets, end.take(pa.array(at)).to_pylist(), strict=True
        )]  # fmt: skip
        marked = np.zeros(self._rows, bool)
        marked[at] = True
        plain = self._joined(begin, end, ", ")
        return pc.replace_with_mask(plain, pa.array(marked), pa.array(told, pa.string()))

    def _pick(self, words: Sequence[str]) -> pa.Array:
        return pa.array(words).take(pa.array(self.rng.integers(0, len(words), self._rows)))

    def _digits(self, count: int) -> Digits:
        return self.rng.integers(0, 10, (self._rows, count), np.uint8)

    def _joined(self, left: pa.Array, right: pa.Array, separator: str) -> pa.Array:
        return pc.binary_join_element_wise(left, right, separator)


def fixed(digits: Digits) -> pa.Array:
    """Return each row of digits (0 to 15) as text of the same length, without copying a cell."""
    rows, width = digits.shape
    text = np.frombuffer(b"0123456789abcdef", np.uint8)[digits]
    offsets = np.arange(rows + 1, dtype=np.int32) * np.int32(width)
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(text))]
    return pa.StringArray.from_buffers(rows, buffers[1], buffers[2])


def _decimal(numbers: npt.NDArray[np.int64], width: int) -> Digits:
    powers = 10 ** np.arange(width - 1, -1, -1)
    return (numbers[:, None] // powers % 10).astype(np.uint8)
