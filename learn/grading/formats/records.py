"""The course's own format: a list with one object for each learner."""

import json

from learn.grading.entry import Entry


def document(entries: list[Entry]) -> str:
    """The whole report."""
    return "[\n" + ",\n".join(map(element, entries)) + "\n]\n"


def element(entry: Entry) -> str:
    """One entry of the list."""
    return json.dumps(entry.as_json(), indent=2, ensure_ascii=False)


def read(text: str) -> list[Entry]:
    """The entries that `document` wrote as `text`.

    Raises:
        ValueError: that is not what `text` is.
    """
    try:
        return [Entry.from_json(record) for record in json.loads(text)]
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"no list of learners and verdicts: {error}") from error
