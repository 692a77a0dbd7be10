"""The reports on a class as other systems take them: each against what its maker publishes of the format."""

import base64
import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema  # type: ignore[import-untyped]
import yaml  # type: ignore[import-untyped]

from learn.course.catalogue import exercises
from learn.course.files import ROOT
from learn.grading.entry import Entry
from learn.grading.formats import FORMATS, records
from learn.grading.verdict import Result, Status, Verdict

FIRST = exercises()[0]
LESSON = FIRST.lesson.exercises


def submission(folder: Path, **files: str) -> Path:
    """A learner's folder that holds every solution of the first lesson, but for the exercises in `files`, by name."""
    for exercise in LESSON:
        file = folder / exercise.lesson.slug / exercise.file.name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(files.get(exercise.name, exercise.solution), encoding="utf-8")
    return folder


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "learn", *map(str, arguments)]


def learn(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        command(*arguments), cwd=ROOT, capture_output=True, encoding="utf-8", check=False, env=os.environ | environment
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done


OPTIONAL = {"output_format": {"enum": ["text", "html", "simple_format", "md", "ansi"]}, "output": {"type": "string"}}
VISIBLE = {"enum": ["hidden", "after_due_date", "after_published", "visible"]}
# gradescope-autograders.readthedocs.io/en/latest/specs, "Output format", key by key.
GRADESCOPE = {
    "type": "object",
    "additionalProperties": False,
    "required": ["tests"],
    "properties": OPTIONAL
    | {
        "score": {"type": "number"},
        "execution_time": {"type": "number"},
        "test_output_format": OPTIONAL["output_format"],
        "test_name_format": OPTIONAL["output_format"],
        "visibility": VISIBLE,
        "stdout_visibility": VISIBLE,
        "extra_data": {"type": "object"},
        "leaderboard": {"type": "array"},
        "tests": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["score"],
                "properties": OPTIONAL
                | {
                    "score": {"type": "number"},
                    "max_score": {"type": "number"},
                    "status": {"enum": ["passed", "failed"]},
                    "name": {"type": "string"},
                    "name_format": OPTIONAL["output_format"],
                    "number": {"type": "string"},
                    "tags": {"type": "array", "items": {"type": "string"}},
                    "visibility": VISIBLE,
                    "extra_data": {"type": "object"},
                },
            },
        },
    },
}
# What classroom-resources/autograding-grading-reporter reads of a runner's result, and what its runners write.
CLASSROOM = {
    "type": "object",
    "additionalProperties": False,
    "required": ["version", "status", "max_score", "tests"],
    "properties": {
        "version": {"const": 1},
        "status": {"enum": ["pass", "fail", "error"]},
        "max_score": {"type": "integer"},
        "tests": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["name", "status", "score", "message"],
                "properties": {
                    "name": {"type": "string"},
                    "status": {"enum": ["pass", "fail", "error"]},
                    "score": {"type": "number"},
                    "message": {"type": "string"},
                    "test_code": {"type": "string"},
                    "filename": {"type": "string"},
                    "line_no": {"type": "integer"},
                    "execution_time": {"type": "string"},
                },
            },
        },
    },
}


def test_gradescope_takes_the_report_on_a_submission(tmp_path: Path) -> None:
    folder = submission(tmp_path / "submission", **{FIRST.name: "def (\n"})  # as Gradescope lays it out
    results = tmp_path / "results.json"
    assert learn("check", "1", "--submission", folder, f"--report=gradescope={results}").returncode == 1
    report = json.loads(results.read_text(encoding="utf-8"))
    jsonschema.validate(report, GRADESCOPE)
    first, *others = report["tests"]
    assert (first["number"], first["score"], first["max_score"], first["status"]) == ("1.1", 0, 2, "failed")
    assert all(one["score"] == one["max_score"] > 0 and one["status"] == "passed" for one in others)
    assert "SyntaxError" in first["output"]
    submission(tmp_path / "class" / "ada")
    submission(tmp_path / "class" / "ben")
    several = learn("check", "1", "--submission", tmp_path / "class", f"--report=gradescope={results}")
    assert (several.returncode, several.stdout) == (2, "")


def test_github_classroom_takes_the_report_on_a_repository(tmp_path: Path) -> None:
    result = tmp_path / "result.json"
    assert learn("check", "1", "--solutions", f"--report=classroom={result}").returncode == 0
    report = json.loads(base64.b64decode(base64.b64encode(result.read_bytes())))
    jsonschema.validate(report, CLASSROOM)
    assert report["status"] == "pass"
    assert report["max_score"] == sum(test["score"] for test in report["tests"]) == len(LESSON)
    folder = submission(tmp_path / "submission", **{FIRST.name: "app = 1\n"})
    learn("check", "1", "--submission", folder, f"--report=classroom={result}")
    report = json.loads(result.read_text(encoding="utf-8"))
    jsonschema.validate(report, CLASSROOM)
    assert (report["status"], report["tests"][0]["status"], report["tests"][0]["score"]) == ("fail", "fail", 0)


def test_all_the_course_failed_fits_into_what_github_passes_on() -> None:
    tests = [Result(f"test_{number}", Status.FAILED, "ü" * 4000) for number in range(20)]
    failed = [Verdict(one.number, one.title, Status.FAILED, 0.1, tests, page=one.page) for one in exercises()]
    text = FORMATS["classroom"].document([Entry("", failed)])
    assert len(json.loads(text)["tests"]) == len(exercises())
    assert len(base64.b64encode(text.encode())) < 128 * 1024


def test_the_workflow_for_a_classroom_hands_the_result_to_the_reporter() -> None:
    workflow = yaml.safe_load((ROOT / ".github" / "classroom" / "classroom.yml").read_text(encoding="utf-8"))
    steps = workflow["jobs"]["run-autograding-tests"]["steps"]
    [grade] = [step for step in steps if "run" in step]
    reporter = steps[-1]
    assert workflow["name"] == "Autograding Tests", "the reporter looks for a check of this name"
    name = f"{reporter['with']['runners'].upper()}_RESULTS"  # src/main.js of the reporter
    assert reporter["env"][name] == f"${{{{ steps.{grade['id']}.outputs.result }}}}"
    assert "--report classroom=result.json" in grade["run"]


def entries() -> list[Entry]:
    """Two learners, one of whom has a name that a spreadsheet would calculate."""
    passed, failed = (Result("test_a", status) for status in (Status.PASSED, Status.FAILED))
    right = Verdict("1.1", "A greeting", Status.PASSED, 0.1, [passed, passed])
    wrong = Verdict("1.1", "A greeting", Status.FAILED, 0.1, [passed, failed])
    return [Entry("Ada, Countess", [right], "17"), Entry('=HYPERLINK("//x")', [wrong], "18", ["=1+1\nmore"])]


def rows(kind: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(FORMATS[kind].document(entries()))))


def test_moodle_takes_the_worksheet() -> None:
    """As mod/assign/feedback/offline/importgradeslib.php of Moodle reads it."""
    first, second = rows("moodle")
    assert {"Identifier", "Grade", "Last modified (grade)", "Feedback comments"} <= first.keys()
    assert (first["Identifier"].removeprefix("Participant "), float(first["Grade"])) == ("17", 100)
    assert float(second["Grade"]) == 50


def test_canvas_takes_the_gradebook() -> None:
    """As lib/gradebook_importer.rb of Canvas reads it."""
    text = FORMATS["canvas"].document(entries())
    heads, possible, first, second = csv.reader(io.StringIO(text))
    assert heads[:5] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
    assert "Points Possible" in possible[0]
    assert heads[5:] == ["1.1 A greeting"] and possible[5:] == ["2"]
    assert (first[1], first[5], second[1], second[5]) == ("17", "2", "18", "1")


def test_no_learner_writes_a_formula_into_a_spreadsheet() -> None:
    for kind in ("csv", "moodle", "canvas"):
        cells = [cell for row in csv.reader(io.StringIO(FORMATS[kind].document(entries()))) for cell in row]
        assert len(cells) > 8
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


def test_a_report_read_back_is_the_same() -> None:
    assert records.read(records.document(entries())) == entries()


def test_every_kind_of_report_is_documented() -> None:
    page = (ROOT / "site" / "teachers.md").read_text(encoding="utf-8")
    assert [kind for kind in FORMATS if f"`{kind}" not in page] == []
