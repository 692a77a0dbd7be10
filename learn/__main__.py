"""`python3 -m learn`: checks the Python, makes the environment where it is missing, and runs the course tool in it.

This file is kept readable for every Python 3, so that one that is too old gives an answer instead of a syntax error.
"""

import sys

NEEDED = (3, 11, 7)


def python_problem(version: "tuple[int, ...]") -> str:
    """What is wrong with a Python of that version, and how to go on; empty if nothing is."""
    if version >= NEEDED:
        return ""
    found, needed = (".".join(map(str, parts)) for parts in (version, NEEDED))
    return (
        f"This is Python {found}, but the course needs {needed} or newer. "
        "Install one, from python.org for instance, and use it for the same command: `python3.13 -m learn`."
    )


def main() -> None:
    """Run the course tool in its environment."""
    problem = python_problem(sys.version_info[:3])
    if problem:
        print(problem, file=sys.stderr)
        sys.exit(2)

    from learn.course.files import UPDATING
    from learn.setup.environment import enter

    if UPDATING.exists():
        from learn.setup.swap import take_back_interrupted

        take_back_interrupted()
    enter(sys.argv[1:])  # goes on in the environment's Python; comes back if that is this one

    from learn.course.words import write_anywhere
    from learn.door.cli import main as run

    write_anywhere(sys.stdout)
    write_anywhere(sys.stderr)

    run()


if __name__ == "__main__":
    main()
