"""An operator's own detector: found by name, asked about a sample, never a danger to the judgement."""

import json
import os
import subprocess
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from dcs.core.settings import Settings, SettingsError
from dcs.studio import open_studio
from dcs.validation import Outcome, Report
from dcs.validation.personal_names import detectors, sampled
from dcs.validation.personal_names.detectors import Detection, DetectorError, load_detector
from dcs.validation.personal_names.sampled import VALUES, ColumnSample, detect_names
from dcs.validation.running import judge_file
from tests.validation.personal_names.detectors_of_tests import (
    Answering,
    Capitals,
    Raising,
    Sleeping,
)

HERE = "tests.validation.personal_names.detectors_of_tests"
ROOT = Path(__file__).parents[3]


def sample(values: list[str | None], column: str = "note") -> ColumnSample:
    taken = ColumnSample(column)
    taken.look(pa.array(values, pa.string()), 1)
    return taken


def detect(detector: Any, *samples: ColumnSample, seconds: float = 20) -> sampled.Detected:
    return detect_names(detector, samples, b"key", frozenset({"declared"}), seconds)


def test_a_detector_is_found_by_its_place() -> None:
    assert isinstance(load_detector(f"{HERE}:Capitals"), Capitals)


def test_a_factory_gets_the_argument_that_follows_it() -> None:
    detector = load_detector(f"{HERE}:Capitals:[0-9]+:x?")
    assert detector is not None
    assert detector.detect(["Room 42"]) == [[]]
    assert detector.detect(["Room 42:x"]) == [[Detection(5, 9, "PERSON")]]


def announce(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    points = [EntryPoint(name, f"{HERE}:{name}", detectors.GROUP) for name in names]
    monkeypatch.setattr(detectors, "entry_points", lambda group: points)


def test_a_detector_is_found_by_its_announcement(monkeypatch: pytest.MonkeyPatch) -> None:
    announce(monkeypatch, "Capitals")
    assert isinstance(load_detector(None), Capitals)


def test_of_several_announced_detectors_none_is_guessed(monkeypatch: pytest.MonkeyPatch) -> None:
    announce(monkeypatch, "Capitals", "Sleeping")
    with pytest.raises(DetectorError, match="name one of them"):
        load_detector(None)
    assert isinstance(load_detector(f"{HERE}:Sleeping"), Sleeping)


def test_without_setting_and_announcement_there_is_none() -> None:
    assert load_detector(None) is None


@pytest.mark.parametrize(
    ("named", "why"),
    [
        ("nowhere.at.all:it", "ModuleNotFoundError"),
        (f"{HERE}:nothing", "AttributeError"),
        (HERE, "could not be made"),
        ("", "could not be made"),
        (f"{HERE}:broken", "OSError"),
        (f"{HERE}:pointless", "no method detect"),
    ],
)
def test_a_detector_that_cannot_be_had_is_named(named: str, why: str) -> None:
    with pytest.raises(DetectorError, match=why) as raised:
        load_detector(named)
    assert "secret" not in str(raised.value)


def test_it_sees_each_distinct_value_once_and_the_finding_says_of_how_many() -> None:
    detector = Capitals()
    result = detect(detector, sample(["ask Anna", None, "ask Anna", "", "nobody", "Bob and Eve"]))
    assert detector.asked == ["ask Anna", "nobody", "Bob and Eve"]
    [person] = result.personal_data
    assert (person.entity, person.tier, person.cells, person.sampled) == ("PERSON", "C", 2, 3)
    assert [(each.row, each.start, each.masked) for each in person.samples] == [
        (1, 4, "Xxxx"),
        (6, 0, "Xxx"),
    ]
    [check] = result.checks
    assert check.outcome is Outcome.PASSED
    assert "a sample of 3 distinct values (4 cells are filled)" in check.message
    assert not check.exact


def test_a_sample_is_bounded_and_comes_from_all_of_the_file() -> None:
    taken = ColumnSample("note")
    for batch in range(50):
        taken.look(pa.array([f"value {batch} {n}" for n in range(5_000)]), 1 + batch * 5_000)
    assert len(taken.rows) == VALUES
    assert max(taken.rows.values()) > 5_000
    assert taken.filled == 250_000


def test_only_the_beginning_of_a_long_value_is_shown_to_it() -> None:
    detector = Capitals()
    detect(detector, sample(["x" * 1_000_000 + " Anna"]))
    assert [len(each) for each in detector.asked] == [sampled.CHARACTERS]


@pytest.mark.parametrize(
    ("detector", "why"),
    [
        (Raising(), "it raised ValueError"),
        (Raising(SystemExit), "it raised SystemExit"),
        (Raising(MemoryError), "it raised MemoryError"),
        (Answering([]), "it did not answer for every text"),
        (Answering(None), "it raised TypeError"),
        (Answering([["Anna"]]), "it raised AttributeError"),
        (Answering([[Detection(0, 99, "PERSON")]]), "a place outside the text"),
        (Answering([[Detection(-1, 2, "PERSON")]]), "a place outside the text"),
        (Answering([[Detection(2, 2, "PERSON")]]), "a place outside the text"),
        (Answering([[Detection(0, 2, "DOG")]]), "another entity"),
    ],
)
def test_a_detector_that_fails_leaves_a_finding_and_no_value(detector: Any, why: str) -> None:
    result = detect(detector, sample(["ask Anna"]))
    assert result.personal_data == ()
    [check] = result.checks
    assert check.outcome is Outcome.NOT_EVALUATED
    assert why in check.message
    assert "Anna" not in repr(check)
    report = Report("a.csv", 1, "0" * 64, 1, result.checks)
    assert report.status is Outcome.WARN
    assert Report.from_json(json.loads(json.dumps(report.to_json()))).checks == result.checks


def test_a_detector_that_hangs_is_left_behind() -> None:
    result = detect(Sleeping(), sample(["ask Anna"]), sample(["ask Bob"], "more"), seconds=0.2)
    assert [each.outcome for each in result.checks] == [Outcome.NOT_EVALUATED] * 2
    assert "took too long" in result.checks[0].message


def test_a_column_without_text_is_not_asked_about() -> None:
    detector = Capitals()
    assert detect(detector, sample([None, ""])) == sampled.Detected((), ())
    assert detector.asked == []


TINY = """
import json, sys
import spacy
from spacy.training import Example

folder = sys.argv[1]
nlp = spacy.blank("en")
recognizer = nlp.add_pipe("ner", config={"model": {"@architectures": "spacy.TransitionBasedParser.v2",
    "state_type": "ner", "extra_state_tokens": False, "hidden_width": 32, "maxout_pieces": 2, "use_upper": True,
    "tok2vec": {"@architectures": "spacy.HashEmbedCNN.v2", "pretrained_vectors": None, "width": 32, "depth": 2,
    "embed_size": 500, "window_size": 1, "maxout_pieces": 2, "subword_features": True}}})
lines = [(f"please call {p} in {c} today", p, c) for p in ("Zara Quill", "Odo Brann", "Ines Falk")
         for c in ("Tarn", "Velby", "Ostrow")]
examples = []
for text, p, c in lines:
    spans = [(text.index(p), text.index(p) + len(p), "PERSON"), (text.index(c), text.index(c) + len(c), "GPE")]
    examples.append(Example.from_dict(nlp.make_doc(text), {"entities": spans}))
spacy.util.fix_random_seed(1)
optimizer = nlp.initialize(lambda: examples)
for _ in range(40):
    nlp.update(examples, sgd=optimizer, drop=0.1)
nlp.to_disk(folder)

import pyarrow as pa
from dcs.validation.personal_names.detectors import load_detector
from dcs.validation.personal_names.sampled import ColumnSample, detect_names

taken = ColumnSample("note")
taken.look(pa.array(["please call Odo Brann in Velby today", None, "please call Ines Falk in Tarn today"]), 1)
for kind in sys.argv[2:]:
    detector = load_detector(f"dcs.validation.personal_names.{kind}_models:of:{folder}")
    found = detect_names(detector, [taken], b"key", frozenset())
    print(json.dumps([[each.entity, each.cells, each.sampled, [[s.row, s.start, s.length] for s in each.samples]]
                      for each in found.personal_data]))
"""


@pytest.mark.service("spacy")
def test_a_model_that_an_operator_trained_is_a_detector_with_spacy_and_with_presidio(
    tmp_path: Path,
) -> None:
    done = subprocess.run(
        [os.environ["STUDIO_TEST_SPACY"], "-c", TINY, str(tmp_path / "model"), "spacy", "presidio"],
        capture_output=True,
        text=True,
        timeout=110,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    expected = [
        ["PERSON", 2, 2, [[1, 12, 9], [3, 12, 9]]],
        ["LOCATION", 2, 2, [[1, 25, 5], [3, 25, 4]]],
    ]
    assert [json.loads(each) for each in done.stdout.splitlines()[-2:]] == [expected, expected]

    file = tmp_path / "notes.csv"
    file.write_text(
        "note\nplease call Odo Brann in Velby today\nplease call Ines Falk in Tarn today\n"
    )
    checked = subprocess.run(
        [os.environ["STUDIO_TEST_SPACY"], "-m", "dcs", "check", str(file), "--json"],
        capture_output=True,
        text=True,
        timeout=110,
        env=os.environ
        | {"DCS_NAME_DETECTOR": f"dcs.validation.personal_names.spacy_models:of:{tmp_path}/model"},
    )
    assert checked.returncode == 0, checked.stderr[-2000:]
    report = json.loads(checked.stdout)
    [asked] = [each for each in report["checks"] if each["rule"] == "name_detector"]
    assert "suspects PERSON in 2 and LOCATION in 2" in asked["message"]
    assert {each["entity"] for each in report["personal_data"]} == {"PERSON", "LOCATION"}
    assert {each["tier"] for each in report["personal_data"]} == {"C"}


@pytest.mark.parametrize("kind", ["spacy", "presidio"])
def test_nothing_is_needed_until_a_model_is_named(kind: str) -> None:
    with pytest.raises(DetectorError, match=r"ModuleNotFoundError|OSError"):
        load_detector(f"dcs.validation.personal_names.{kind}_models:of:/no/such/model")


def judged(folder: Path, detector: str | None) -> Report:
    path = folder / "notes.csv"
    path.write_text("note,n\nnothing about Zqxv here,1\nand Wvut there,2\n")
    scratch = folder / "scratch"
    scratch.mkdir()
    arguments = {
        "path": str(path), "filename": path.name, "contract": None, "memory": 1024**3,
        "target": str(folder / "table.parquet"), "scratch": str(scratch), "detector": detector,
        "names": False,
    }  # fmt: skip
    return Report.from_json(judge_file(arguments))


def test_a_judgement_asks_the_detector_that_a_setting_names(tmp_path: Path) -> None:
    report = judged(tmp_path, f"{HERE}:Capitals")
    [found] = report.personal_data
    assert (found.column, found.entity, found.cells, found.tier, found.sampled) == (
        "note", "PERSON", 2, "C", 2,
    )  # fmt: skip
    assert [each.column for each in report.checks if each.rule == "name_detector"] == ["note"]
    assert "Zqxv" not in json.dumps(report.to_json())


def test_a_judgement_goes_on_without_a_detector_that_cannot_be_had(tmp_path: Path) -> None:
    report = judged(tmp_path, "no.such.module:factory")
    [check] = [each for each in report.checks if each.rule == "name_detector"]
    assert (check.outcome, check.column) == (Outcome.NOT_EVALUATED, None)
    assert "ModuleNotFoundError" in check.message
    assert report.rows == 2


@pytest.mark.anyio
async def test_a_studio_does_not_start_with_a_detector_that_cannot_be_had(tmp_path: Path) -> None:
    settings = Settings(
        environment="test", data_dir=tmp_path, name_detector="no.such.module:factory"
    )
    with pytest.raises(SettingsError, match="DCS_NAME_DETECTOR cannot be used"):
        async with open_studio(settings):
            pass
