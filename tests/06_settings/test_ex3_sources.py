"""Grades exercise 6.3, which source wins."""

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType

import pytest

from learn.checks import Outcome, call, require


@pytest.fixture(autouse=True)
def _an_empty_folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with TemporaryDirectory() as folder:
        monkeypatch.chdir(folder)
        Path("secrets").mkdir()
        yield
        monkeypatch.undo()


def settings_with(
    exercise: ModuleType,
    variables: dict[str, str] | None = None,
    dotenv: str = "",
    secrets: dict[str, str] | None = None,
    **arguments: object,
) -> Outcome:
    """`Settings()` where these variables, these lines of `.env` and these files of `secrets` are there."""
    sources = [f"variable {name}={text}" for name, text in (variables or {}).items()]
    sources += [f"{line} in .env" for line in dotenv.splitlines()]
    sources += [f"{text} in secrets/{name}" for name, text in (secrets or {}).items()]
    with pytest.MonkeyPatch.context() as environment:
        for name, text in (variables or {}).items():
            environment.setenv(name, text)
        if dotenv:
            Path(".env").write_text(dotenv, encoding="utf-8")
        for name, text in (secrets or {}).items():
            Path("secrets", name).write_text(f"{text}\n", encoding="utf-8")
        before = dict(os.environ)
        outcome = call(exercise.Settings, **arguments)
        after, changed = dict(os.environ), {name for name in os.environ if os.environ[name] != before.get(name)}
        for name in changed:
            del os.environ[name]
    Path(".env").unlink(missing_ok=True)
    for name in secrets or {}:
        Path("secrets", name).unlink()
    outcome.called += f" with {', '.join(sources)}" if sources else ""
    if outcome.error is None:
        require(
            after == before,
            called=outcome.called,
            got=f"changed os.environ: {', '.join(sorted(changed))}",
            expected="reading to leave it as it was",
        )
    return outcome


def test_each_source_alone_counts(exercise: ModuleType) -> None:
    settings_with(exercise).expect_has(model="sentiment-small", max_batch=32, timeout=2.0)
    settings_with(exercise, {"LANTERN_MODEL": "digits-mlp"}).expect_has(model="digits-mlp", max_batch=32)
    settings_with(exercise, dotenv="LANTERN_MODEL=digits-mlp\nLANTERN_TIMEOUT=1.5").expect_has(
        timeout=1.5, max_batch=32
    )
    settings_with(exercise, dotenv="LANTERN_MODEL=digits-mlp").expect_has(model="digits-mlp", timeout=2.0)
    settings_with(exercise, secrets={"lantern_max_batch": "64"}).expect_has(max_batch=64, model="sentiment-small")
    settings_with(exercise, timeout=0.5).expect_has(timeout=0.5, max_batch=32)


def test_the_folder_of_the_call_counts(exercise: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    before = "LANTERN_MODEL=digits-mlp\nLANTERN_TIMEOUT=1.5"
    settings_with(exercise, dotenv=before).expect_has(model="digits-mlp", timeout=1.5)
    Path(".env").write_text(before, encoding="utf-8")
    Path("secrets", "lantern_max_batch").write_text("64", encoding="utf-8")
    with TemporaryDirectory() as folder, monkeypatch.context() as there:
        there.chdir(folder)
        Path("secrets").mkdir()
        outcome = settings_with(exercise)
        outcome.called += " in another folder than at the import"
        outcome.expect_has(model="sentiment-small", timeout=2.0, max_batch=32)
        outcome = settings_with(exercise, dotenv="LANTERN_MODEL=topic-tagger", secrets={"lantern_max_batch": "128"})
        outcome.called += " of another folder than at the import"
        outcome.expect_has(model="topic-tagger", timeout=2.0, max_batch=128)


def test_a_variable_counts_more_than_the_file_env(exercise: ModuleType) -> None:
    settings_with(exercise, {"LANTERN_MODEL": "digits-mlp"}, "LANTERN_MODEL=topic-tagger").expect_has(
        model="digits-mlp"
    )


def test_a_file_of_secrets_counts_more_than_the_file_env(exercise: ModuleType) -> None:
    outcome = settings_with(exercise, dotenv="LANTERN_MAX_BATCH=16", secrets={"lantern_max_batch": "64"})
    outcome.expect_has(max_batch=64)
    example = "LANTERN_MODEL=digits-mlp\nLANTERN_TIMEOUT=1.5"
    settings_with(exercise, None, example, {"lantern_timeout": "5.0"}).expect_has(model="digits-mlp", timeout=5.0)


def test_a_variable_counts_more_than_a_file_of_secrets(exercise: ModuleType) -> None:
    settings_with(exercise, {"LANTERN_TIMEOUT": "9.5"}, "", {"lantern_timeout": "5.0"}).expect_has(timeout=9.5)


def test_an_argument_counts_most(exercise: ModuleType) -> None:
    names = ("LANTERN_MAX_BATCH", "LANTERN_MAX_BATCH=16", "lantern_max_batch")
    outcome = settings_with(exercise, {names[0]: "64"}, names[1], {names[2]: "128"}, max_batch=8)
    outcome.expect_has(max_batch=8)
    settings_with(exercise, None, "LANTERN_MODEL=digits-mlp", model="topic-tagger").expect_has(model="topic-tagger")


def test_the_order_holds_for_each_setting(exercise: ModuleType) -> None:
    """Each of the three from each source, with all sources that count less beside it."""
    for name, values in (
        ("model", ("a", "b", "c", "d")),
        ("max_batch", (1, 2, 3, 4)),
        ("timeout", (0.5, 1.5, 2.5, 3.5)),
    ):
        variable = f"LANTERN_{name.upper()}"
        argument, environment, secret, line = values
        sources: dict[str, object] = {"dotenv": f"{variable}={line}"}
        settings_with(exercise, **sources).expect_has(**{name: line})  # type: ignore[arg-type]
        sources["secrets"] = {variable.lower(): str(secret)}
        settings_with(exercise, **sources).expect_has(**{name: secret})  # type: ignore[arg-type]
        empty = settings_with(exercise, **sources, variables={variable: ""})  # type: ignore[arg-type]
        empty.expect_has(**{name: secret})
        sources["variables"] = {variable: str(environment)}
        settings_with(exercise, **sources).expect_has(**{name: environment})  # type: ignore[arg-type]
        settings_with(exercise, **sources, **{name: argument}).expect_has(**{name: argument})  # type: ignore[arg-type]


def test_other_lines_of_the_file_env_have_no_effect(exercise: ModuleType) -> None:
    other = "COMPOSE_PROJECT_NAME=lantern\nMODEL=mine\nLANTERN_REGION=north\nLANTERN_TIMEOUT=1.5"
    settings_with(exercise, dotenv=other).expect_has(model="sentiment-small", timeout=1.5)
    settings_with(exercise, {"MODEL": "mine", "MAX_BATCH": "1"}).expect_has(model="sentiment-small", max_batch=32)
    settings_with(exercise, secrets={"model": "mine", "region": "north"}).expect_has(model="sentiment-small")


def test_a_variable_set_to_nothing_counts_as_not_set(exercise: ModuleType) -> None:
    settings_with(exercise, {"LANTERN_MODEL": ""}).expect_has(model="sentiment-small")
    settings_with(exercise, model="").expect_has(model="")
    settings_with(exercise, {"LANTERN_MAX_BATCH": ""}, "LANTERN_MAX_BATCH=16").expect_has(max_batch=16)
    settings_with(exercise, dotenv="LANTERN_MODEL=\nLANTERN_TIMEOUT=").expect_has(model="sentiment-small", timeout=2.0)
