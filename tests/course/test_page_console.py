"""The request console under an exercise: the reader's own app answers, in the page, in a real browser."""

import importlib.util
import json
from collections.abc import Iterator
from types import ModuleType
from typing import Annotated, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from fastapi import Body, Cookie, FastAPI, Header, Query, Security
from fastapi.security import APIKeyHeader, HTTPBearer
from playwright.sync_api import Browser, Locator, Page, expect
from pydantic import BaseModel, Field

from learn.course.files import ROOT

pytestmark = pytest.mark.reads(
    "learn/browser/", "site/assets/", "tests/03_bodies_and_responses/", "solutions/03_bodies_and_responses/"
)

PATIENCE = 60_000  # milliseconds
NUMBER = "3.1"
FILE = "lessons/03_bodies_and_responses/ex1_create.py"

CATALOGUE = """\
from typing import Annotated

from fastapi import Cookie, FastAPI, Header, Query
from pydantic import BaseModel

app = FastAPI()
names = []


class Model(BaseModel):
    name: str
    tags: list[str] = []


@app.post("/models", status_code=201)
def create_model(model: Model) -> Model:
    names.append(model.name)
    return model


@app.get("/models")
def list_models() -> list[str]:
    print("there are", len(names))
    return names


@app.get("/echo/{where:path}")
def echo(
    where: str,
    tag: Annotated[list[str], Query()] = [],
    x_client: Annotated[str, Header()] = "",
    lamp: Annotated[str, Cookie()] = "",
) -> list[str | list[str]]:
    return [where, tag, x_client, lamp]


@app.get("/broken")
def broken() -> int:
    print("<b>dividing</b>")
    return 1 // 0


@app.get("/endless")
def endless() -> None:
    print("here we go")
    while True:
        pass
"""


class Requests:
    """The console of an exercise, used as a reader does."""

    def __init__(self, page: Page) -> None:
        page.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        self.page = page
        self.block = page.locator(f'.exercise[data-exercise="{NUMBER}"]')
        self.place = self.block.locator(".console")
        self.status = self.place.locator(".cell__status")
        self.answer = self.place.locator(".cell__result")
        self.body = self.field("Body")

    def field(self, name: str) -> Locator:
        """The input of that name."""
        return self.place.get_by_role("textbox", name=name)

    def press(self, name: str) -> None:
        self.block.get_by_role("button", name=name, exact=True).click()

    def write(self, text: str) -> None:
        """Replace what the editor holds."""
        if not self.block.locator(".cm-content").count():
            self.press("Edit")
        self.block.locator(".cm-content").click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(text)

    def open(self, text: str = CATALOGUE) -> None:
        """Write `text` and open the console on it."""
        self.write(text)
        if not self.place.is_visible():
            self.press("Try it")
        expect(self.place.locator("form")).to_be_visible()

    def send(self, operation: str, answers: str) -> Locator:
        """Send what the form holds, and wait for an answer that begins like that."""
        self.place.get_by_label("Operation").select_option(operation)
        self.press("Send")
        expect(self.answer.locator("strong")).to_have_text(answers)
        return self.answer


@pytest.fixture(scope="module")
def page(browser: Browser, site_with_programs: str) -> Iterator[Page]:
    """One page for the whole file, so that Python loads once."""
    page = browser.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.goto(f"{site_with_programs}lessons/03_bodies_and_responses/", wait_until="networkidle")
    yield page
    assert not problems


@pytest.fixture
def requests(page: Page) -> Requests:
    return Requests(page)


def test_it_offers_the_operations_of_the_readers_own_app(requests: Requests) -> None:
    requests.open()
    offered = requests.place.locator("option[value^='GET'], option[value^='POST']")
    expect(offered).to_have_count(5)
    expect(requests.place.locator("option[value='POST /models']")).to_have_text("POST /models  ·  Create Model")
    requests.place.get_by_label("Operation").select_option("POST /models")
    assert json.loads(requests.body.input_value()) == {"name": ""}
    expect(requests.place).to_contain_text("required: name; optional: tags")
    requests.write(CATALOGUE.replace('"/broken"', '"/mended"'))
    requests.place.get_by_label("Operation").focus()
    expect(requests.place.locator("option[value='GET /mended']")).to_have_count(1)


def test_what_a_request_creates_the_next_one_finds(requests: Requests) -> None:
    requests.open()
    requests.place.get_by_label("Operation").select_option("POST /models")
    requests.body.fill('{"name": "spam-filter"}')
    expect(requests.send("POST /models", "201 Created")).to_contain_text('"tags": []')
    answer = requests.send("GET /models", "200 OK")
    expect(answer.locator(".console__answer")).to_have_text('[\n  "spam-filter"\n]')
    expect(answer).to_contain_text("content-type: application/json")
    expect(answer).to_contain_text("Your code printed:there are 1")
    requests.press("Check")
    expect(requests.block.locator(".cell__headline").first).to_contain_text(f"{NUMBER} failed")
    expect(requests.send("GET /models", "200 OK")).to_contain_text("spam-filter")
    requests.press("Restart the app")
    expect(requests.status).to_have_text("The app was started again.")
    expect(requests.send("GET /models", "200 OK")).not_to_contain_text("spam-filter")
    requests.write(f"{CATALOGUE}\n# changed\n")
    expect(requests.send("GET /models", "200 OK")).not_to_contain_text("spam-filter")


def test_fields_arrive_where_they_belong(requests: Requests) -> None:
    requests.open()
    requests.place.get_by_label("Operation").select_option("GET /echo/{where}")
    requests.press("Send")  # without what belongs to the path, nothing is sent
    expect(requests.place.locator("input:invalid")).to_have_count(1)
    requests.field("where").fill("a b/ü")
    requests.field("tag").fill("one\ntwo & three")
    requests.field("x-client").fill("1.4")
    requests.field("lamp").fill("lit")
    answer = requests.send("GET /echo/{where}", "200 OK")
    expect(answer.locator(".cell__request")).to_have_text("GET /echo/a%20b/%C3%BC?tag=one&tag=two+%26+three")
    assert json.loads(answer.locator(".console__answer").inner_text()) == [
        "a b/ü",
        ["one", "two & three"],
        "1.4",
        "lit",
    ]


@pytest.mark.parametrize(("body", "kind"), [('{"name": ', "json_invalid"), ("", "missing"), ("[]", "model_attributes")])
def test_a_bad_body_is_sent_as_it_is(requests: Requests, body: str, kind: str) -> None:
    requests.open()
    requests.place.get_by_label("Operation").select_option("POST /models")
    requests.body.fill(body)
    expect(requests.send("POST /models", "422 Unprocessable Content")).to_contain_text(kind)


def test_an_exception_is_shown_with_its_line(requests: Requests) -> None:
    requests.open()
    answer = requests.send("GET /broken", "500 Internal Server Error")
    expect(answer).to_contain_text("ZeroDivisionError")
    expect(answer).to_contain_text("return 1 // 0")
    expect(answer).to_contain_text("<b>dividing</b>")
    assert answer.locator("b").count() == 0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("app = (", "SyntaxError"),
        ("import sys\n\nsys.exit(3)", "SystemExit(3)"),
        ("app = None", "`app`"),
        (CATALOGUE.replace("-> list[str]:", "-> open:"), "Invalid args for response field"),
        ("print('loading')\nraise ValueError('no lamp')", "loading"),
    ],
    ids=["syntax", "exit", "no app", "bad app", "raises"],
)
def test_a_file_that_does_not_load_is_shown_like_a_verdict(requests: Requests, text: str, words: str) -> None:
    requests.open()
    requests.write(text)
    requests.press("Send")
    expect(requests.answer.locator("strong").first).to_contain_text(f"✗ {NUMBER}")
    expect(requests.answer).to_contain_text(words)
    if "app = (" in text:
        expect(requests.answer).to_contain_text(FILE)
        expect(requests.block.locator(".cell__line")).to_contain_text("app = (")


def test_a_handler_that_never_ends_is_stopped(requests: Requests) -> None:
    requests.open()
    answer = requests.send("GET /endless", f"⧖ {NUMBER} timeout")
    expect(answer).to_contain_text("did not finish within 6 s")
    expect(answer).to_contain_text("here we go")
    expect(requests.status).to_contain_text("was stopped")
    requests.send("GET /models", "200 OK")


def test_a_flood_is_cut(requests: Requests) -> None:
    requests.open(CATALOGUE.replace('print("there are", len(names))', 'print("x" * 200_000)'))
    answer = requests.send("GET /models", "200 OK")
    expect(answer).to_contain_text("the rest is not shown")
    assert len(answer.inner_text()) < 60_000


def test_the_keyboard_is_enough(requests: Requests) -> None:
    requests.open()
    requests.place.get_by_label("Operation").select_option("POST /models")
    requests.place.get_by_label("Operation").focus()
    requests.page.keyboard.press("Tab")
    expect(requests.body).to_be_focused()
    requests.page.keyboard.press("Control+a")
    requests.page.keyboard.insert_text('{"name": "topic-tagger"}')
    requests.page.keyboard.press("Control+Enter")
    expect(requests.answer).to_contain_text("topic-tagger")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_it_is_accessible(requests: Requests, scheme: Any, width: int) -> None:
    requests.page.set_viewport_size({"width": width, "height": 900})
    requests.page.emulate_media(color_scheme=scheme)
    requests.open()
    requests.send("GET /broken", "500 Internal Server Error")
    assert requests.page.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(requests.page, context=f'[data-exercise="{NUMBER}"]').response["violations"]
    assert not [finding for finding in found if finding["impact"] in ("serious", "critical")]


# What it reads of an app's OpenAPI


@pytest.fixture(scope="module")
def reading() -> ModuleType:
    """The module that reads it, which needs no browser."""
    place = ROOT / "learn" / "browser" / "runtime" / "operations.py"
    spec = importlib.util.spec_from_file_location("operations", place)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Part(BaseModel):
    size: int = Field(ge=1)
    parts: "list[Part]" = []


class Job(BaseModel):
    name: str = Field(examples=["nightly"])
    part: Part
    stage: str | None = None


def only(reading: ModuleType, app: FastAPI) -> dict[str, Any]:
    """The one operation of `app`."""
    [operation] = reading.operations(app.openapi())
    found: dict[str, Any] = operation
    return found


def test_a_body_is_prefilled_from_the_schema(reading: ModuleType) -> None:
    app = FastAPI()

    @app.post("/jobs")
    def create(job: Job) -> None: ...

    body = only(reading, app)["body"]
    assert body["value"] == {"name": "nightly", "part": {"size": 0}}
    assert (body["required"], body["optional"]) == (["name", "part"], ["stage"])


def test_an_example_of_the_body_comes_first(reading: ModuleType) -> None:
    app = FastAPI()

    @app.post("/jobs")
    def create(job: Annotated[Job, Body(openapi_examples={"small": {"value": {"name": "small"}}})]) -> None: ...

    assert only(reading, app)["body"]["value"] == {"name": "small"}


def test_parameters_become_fields(reading: ModuleType) -> None:
    app = FastAPI()

    @app.get("/jobs/{job}")
    def read(
        job: int,
        stage: Annotated[list[str] | None, Query(max_length=3)] = None,
        full: bool = False,
        x_client: Annotated[str, Header(max_length=20, examples=["1.4"])] = "",
        lamp: Annotated[str, Cookie()] = "",
    ) -> None: ...

    fields = {field["name"]: field for field in only(reading, app)["fields"]}
    assert [(name, field["in"]) for name, field in fields.items()] == [
        ("job", "path"),
        ("stage", "query"),
        ("full", "query"),
        ("x-client", "header"),
        ("lamp", "cookie"),
    ]
    assert fields["stage"]["many"] and fields["stage"]["about"] == "array, most 3"
    assert fields["full"]["choices"] == ["true", "false"]
    assert fields["x-client"]["example"] == "1.4"
    assert fields["job"]["required"] and not fields["lamp"]["required"]


@pytest.mark.parametrize(
    ("scheme", "name", "example"),
    [(APIKeyHeader(name="X-Key"), "X-Key", ""), (HTTPBearer(), "Authorization", "Bearer ")],
    ids=["key", "bearer"],
)
def test_credentials_become_fields(reading: ModuleType, scheme: Any, name: str, example: str) -> None:
    app = FastAPI()

    @app.get("/jobs", dependencies=[Security(scheme)])
    def read() -> None: ...

    [field] = only(reading, app)["fields"]
    assert (field["name"], field["in"], field["example"]) == (name, "header", example)
