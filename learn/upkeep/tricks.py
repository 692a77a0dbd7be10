"""Hand-ins that do not solve their exercise and try to pass: `tests/course/tricks.toml`, and ways to end a test."""

import tomllib
from dataclasses import dataclass

from learn.course.catalogue import Exercise, select
from learn.course.files import ROOT

FILE = ROOT / "tests" / "course" / "tricks.toml"
WRONG_APP = """
from fastapi import FastAPI

app = FastAPI()


@app.get("/models")
def list_models() -> list[str]:
    trick()
    return ["wrong"]


def trick() -> None: ...


"""
ENDINGS = {
    "pytest.skip": 'pytest.skip("later", allow_module_level=True)',
    "pytest.xfail": 'pytest.xfail("known")',
    "pytest.importorskip": 'pytest.importorskip("there_is_no_such_module")',
    "pytest.exit": 'pytest.exit("done", returncode=0)',
    "SystemExit": "raise SystemExit(0)",
    "KeyboardInterrupt": "raise KeyboardInterrupt",
    "GeneratorExit": "raise GeneratorExit",
    "CancelledError": "raise asyncio.CancelledError",
    "SkipTest": 'raise unittest.SkipTest("later")',
    "the end of the process": "os._exit(0)",
    "an abort": "os.abort()",
    "a kill": "os.kill(os.getpid(), 9)",
}


@dataclass(frozen=True)
class Trick:
    """One hand-in that does not solve its exercise."""

    kind: str
    name: str
    code: str
    exercise: str = "2.3"
    may_pass: bool = False

    @property
    def target(self) -> Exercise:
        """The exercise that it is handed in as."""
        return select(self.exercise)[0]

    @property
    def text(self) -> str:
        """The whole file."""
        code = self.code.replace("{grader}", str(self.target.grader)).replace("{solution}", str(self.target.source))
        return code if self.exercise != "2.3" else WRONG_APP + code


def _tricks() -> list[Trick]:
    data = tomllib.loads(FILE.read_text(encoding="utf-8"))
    ending = "ends the test, or the process, in another way than by failing"
    modules = "import asyncio, os, pytest, unittest\n"
    at_import = [Trick(ending, f"{name}, at import", f"{modules}{code}\n") for name, code in ENDINGS.items()]
    in_a_request = [
        Trick(ending, f"{name}, in a request", f"{modules}def trick():\n    {code}\n") for name, code in ENDINGS.items()
    ]
    return [*at_import, *in_a_request, *(Trick(**entry) for entry in data["trick"])]


TRICKS = _tricks()
