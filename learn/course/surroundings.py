"""What a shell or a machine says to every Python and every pytest, and must not say to the course's.

Uses the standard library only: the set-up needs it before there is an environment.
"""

import os

# They put other modules in front of the course's, take assertions out, or turn warnings into errors.
FOREIGN = {
    *("PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "PYTHONOPTIMIZE", "PYTHONWARNINGS", "PYTHONINSPECT"),
    *("PYTHONSAFEPATH", "PYTHONBREAKPOINT", "PYTHONUSERBASE", "PYTHONDEVMODE"),
}
# They have an installer install to another place than into the environment that it was told.
ELSEWHERE = {
    *("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_PYTHON", "PIP_REQUIRE_VIRTUALENV", "PIP_DRY_RUN"),
    *("UV_SYSTEM_PYTHON", "UV_TARGET", "UV_PREFIX", "UV_PYTHON", "UV_PROJECT_ENVIRONMENT"),
}


def foreign() -> list[str]:
    """The variables of this process that are meant for other Pythons and other pytests."""
    return [name for name in os.environ if name in FOREIGN or name.startswith("PYTEST_")]


def without_foreign() -> dict[str, str]:
    """The variables of this process, for one that grades."""
    leave_out = foreign()
    return {name: value for name, value in os.environ.items() if name not in leave_out}


def for_an_installer() -> dict[str, str]:
    """The variables of this process, for pip or uv; a pip.conf that says `user = true` is overruled too."""
    return {name: value for name, value in os.environ.items() if name not in ELSEWHERE} | {"PIP_USER": "0"}
