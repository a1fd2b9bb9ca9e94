"""The files of the demonstration: one clean, one dirty, one personal, one infected, one that breaks its contract."""

import csv
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

ROWS = 500
SEED = 20260105


@dataclass(frozen=True, slots=True)
class DemoFile:
    """A file to send, and how."""

    path: Path
    dataset: str
    classification: str = "INTERNAL"
    contract: bytes | None = None
    title: str = ""


def write_files(folder: Path) -> Sequence[DemoFile]:
    """Write the five files; the same bytes every time."""
    folder.mkdir(parents=True, exist_ok=True)
    return (
        DemoFile(_write(folder / "orders.csv", _orders()), "orders", title="a clean file"),
        DemoFile(_write(folder / "customers.csv", _customers()), "customers", title="a dirty one"),
        DemoFile(
            _write(folder / "patients.csv", _patients()),
            "patients",
            title="one with personal data",
        ),
        DemoFile(_write(folder / "invoices.csv", _invoices()), "invoices", title="one infected"),
        DemoFile(
            _write(folder / "shipments.csv", _shipments()),
            "shipments",
            contract=SHIPMENTS_CONTRACT,
            title="one that breaks its contract",
        ),
    )


def _write(path: Path, rows: Iterator[Sequence[object]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as target:
        csv.writer(target).writerows(rows)
    return path


def _orders() -> Iterator[Sequence[object]]:
    chance = random.Random(SEED)  # noqa: S311  # the same file every time, nothing secret
    yield "order_id", "ordered_on", "quantity", "price"
    for number in range(1, ROWS + 1):
        day = date(2026, 1, 1) + timedelta(days=number % 90)
        yield f"O-{number:05d}", day, chance.randint(1, 20), round(chance.uniform(5, 95), 2)


def _customers() -> Iterator[Sequence[object]]:
    chance = random.Random(SEED)  # noqa: S311  # the same file every time, nothing secret
    yield "customer_id", "email", "city", "yearly_revenue"
    for number in range(1, ROWS + 1):
        email = f"customer{number}@example.org"
        if number % 100 == 0:
            email = email.replace("@", " at ")
        city = chance.choice(["Lyon", "Porto", "Turku", "Graz"]) if number % 9 else ""
        revenue = 900_000 if number == 250 else chance.randint(900, 2_100)
        yield number, email, city, revenue


def _patients() -> Iterator[Sequence[object]]:
    chance = random.Random(SEED)  # noqa: S311  # the same file every time, nothing secret
    yield "patient_no", "email", "ssn", "card", "visits", "remark"
    for number in range(1, ROWS + 1):
        ssn = f"{chance.randint(100, 665):03d}-{chance.randint(1, 99):02d}-{chance.randint(1, 9999):04d}"
        remark = f"please call +4315550{number:04d}" if number % 50 == 0 else "no remark"
        yield (
            f"P{number:04d}",
            f"patient{number}@example.net",
            ssn,
            _card(chance),
            chance.randint(1, 12),
            remark,
        )


def _card(chance: random.Random) -> str:
    """Make a card number that no bank issued: of the test range, with the right check digit."""
    digits = "400000" + "".join(str(chance.randint(0, 9)) for _ in range(9))
    total = 0
    for position, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 - position % 2)
        total += value - 9 if value > 9 else value
    return digits + str(-total % 10)


def _invoices() -> Iterator[Sequence[object]]:
    yield "invoice", "amount", "note"
    for number in range(1, 50):
        yield f"I-{number:04d}", number * 10, "paid"
    # The standard anti-virus test string, in two parts so that this file does not carry it.
    yield (
        "I-0050",
        500,
        "X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-" + "STANDARD-ANTIVIRUS-TEST-FILE!$H+H*",
    )


def _shipments() -> Iterator[Sequence[object]]:
    chance = random.Random(SEED)  # noqa: S311  # the same file every time, nothing secret
    yield "shipment", "status", "weight_kg", "country"
    for number in range(1, ROWS + 1):
        status = "lost?" if number in {17, 230} else chance.choice(["open", "sent", "delivered"])
        weight = "heavy" if number == 42 else round(chance.uniform(0.2, 40), 1)
        shipment = "S-00001" if number == 400 else f"S-{number:05d}"
        yield shipment, status, weight, chance.choice(["AT", "DE", "FR", "PT"])


SHIPMENTS_CONTRACT = b"""\
apiVersion: v3.2.0
kind: DataContract
id: shipments
version: 1.0.0
status: active
schema:
  - name: shipments
    properties:
      - name: shipment
        logicalType: string
        required: true
        unique: true
        logicalTypeOptions:
          pattern: "^S-[0-9]{5}$"
      - name: status
        logicalType: string
        required: true
        enum:
          - value: open
          - value: sent
          - value: delivered
      - name: weight_kg
        logicalType: number
        required: true
      - name: country
        logicalType: string
        logicalTypeOptions:
          pattern: "^[A-Z]{2}$"
"""
