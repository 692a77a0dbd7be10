"""What graders of settings share."""

from types import ModuleType

import pytest

from learn.checks.call import Outcome, call


def settings_with(exercise: ModuleType, **variables: str | None) -> Outcome:
    """The learner's `Settings()` where these environment variables are set; None takes one away."""
    with pytest.MonkeyPatch.context() as environment:
        for name, text in variables.items():
            environment.setenv(name, text) if text is not None else environment.delenv(name)
        outcome = call(exercise.Settings)
    given = ", ".join(f"{name}={text!r}" for name, text in variables.items() if text is not None)
    outcome.called += f" with {given}" if given else ""
    outcome.called += "".join(f" without {name}" for name, text in variables.items() if text is None)
    return outcome
