"""Grades exercise 4.2, nest, and share nothing."""

from types import ModuleType
from typing import Any
from uuid import UUID

from learn.checks import Outcome, call, require

ID = UUID("00000000-0000-4000-8000-000000000042")


def build(exercise: ModuleType, **fields: Any) -> Outcome:
    """A manifest with a given id, so that messages about it are always the same."""
    return call(exercise.Manifest, **{"name": "digits-mlp", "upload_id": ID} | fields)


def field(outcome: Outcome, name: str, index: int | None = None, inner: str = "") -> Any:
    """The field `name` of what was built, or a field of the object at `index` in it."""
    value = getattr(outcome.value, name, ...)
    outcome.expect_that(value is not ..., f"an object with a field `{name}`")
    if index is None:
        return value
    item = value[index] if isinstance(value, list) and index < len(value) else None
    outcome.expect_that(hasattr(item, inner), f"`{name}[{index}]` to be an object with a field `{inner}`")
    return getattr(item, inner)


def expect(outcome: Outcome, value: object, expected: object, what: str) -> None:
    outcome.expect_that(type(value) is type(expected) and value == expected, f"{what} to be {expected!r}")


def test_versions_become_objects(exercise: ModuleType) -> None:
    versions = [{"number": 1, "metrics": {"accuracy": 0.97}}, {"number": 2}]
    manifest = build(exercise, tags=["vision"], versions=versions)
    expect(manifest, field(manifest, "versions", 0, "number"), 1, "`versions[0].number`")
    expect(manifest, field(manifest, "versions", 0, "metrics"), {"accuracy": 0.97}, "`versions[0].metrics`")
    expect(manifest, field(manifest, "versions", 1, "number"), 2, "`versions[1].number`")
    expect(manifest, field(manifest, "versions", 1, "metrics"), {}, "`versions[1].metrics`, which is left out,")
    many = build(exercise, versions=[{"number": number} for number in range(20, 0, -1)])
    found = [getattr(version, "number", None) for version in field(many, "versions")]
    expect(many, found, list(range(20, 0, -1)), "the numbers of `versions`, in their order,")
    expect(manifest, field(manifest, "name"), "digits-mlp", "`name`")
    expect(manifest, field(manifest, "tags"), ["vision"], "`tags`")
    expect(manifest, field(manifest, "upload_id"), ID, "`upload_id`, which is given,")


def test_only_the_name_is_required(exercise: ModuleType) -> None:
    manifest = build(exercise)
    expect(manifest, field(manifest, "tags"), [], "`tags`, which is left out,")
    expect(manifest, field(manifest, "versions"), [], "`versions`, which is left out,")
    call(exercise.Manifest, tags=["vision"], upload_id=ID).expect_refused("name", "a manifest has a name")


def test_each_manifest_gets_an_id_of_its_own(exercise: ModuleType) -> None:
    first, second = (field(call(exercise.Manifest, name="digits-mlp"), "upload_id") for _ in range(2))
    require(
        isinstance(first, UUID),
        called="Manifest(name='digits-mlp')",
        got=f"has an `upload_id` that is a {type(first).__name__}",
        expected="a UUID",
    )
    require(
        first != second,
        called="Manifest(name='digits-mlp'), called twice,",
        got="gave both the same `upload_id`",
        expected="a new `upload_id` for each",
    )


def test_no_two_share_a_list_or_a_dict(exercise: ModuleType) -> None:
    first = build(exercise, versions=[{"number": 1}])
    field(first, "tags").append("vision")
    field(first, "versions", 0, "metrics")["accuracy"] = 0.97
    call(field(first, "versions").clear)
    second = build(exercise, name="spam-filter")
    for name in ("tags", "versions"):
        require(
            field(second, name) == [],
            called="After a change to another manifest, Manifest(name='spam-filter')",
            got=f"has the {name} {field(second, name)!r}",
            expected="[]: no two share a list",
        )
    third = build(exercise, name="topic-tagger", versions=[{"number": 1}])
    require(
        field(third, "versions", 0, "metrics") == {},
        called="After a change to another version's metrics, a new version without any",
        got=f"has {field(third, 'versions', 0, 'metrics')!r}",
        expected="{}: no two share a dict",
    )


def test_two_of_the_same_list_share_nothing(exercise: ModuleType) -> None:
    tags, versions = ["vision"], [{"number": 1000, "metrics": {"accuracy": 0.5}}]
    first, second = (build(exercise, tags=tags, versions=versions) for _ in range(2))
    field(first, "tags").append("old")
    field(first, "versions", 0, "metrics")["loss"] = 0.1
    call(field(first, "versions").clear)
    called = "After a change to another manifest of the same lists, this manifest"
    for name, found, wanted in (
        ("tags", field(second, "tags"), ["vision"]),
        ("versions[0].metrics", field(second, "versions", 0, "metrics"), {"accuracy": 0.5}),
    ):
        require(
            found == wanted,
            called=called,
            got=f"has the {name} {found!r}",
            expected=f"{wanted!r}: no two share anything",
        )


def test_a_mistake_in_a_version_is_named_with_its_place(exercise: ModuleType) -> None:
    for number, (bad, place, why) in enumerate(
        [
            ({"number": 0}, "number", "a number is at least 1"),
            ({}, "number", "a number is required"),
            ({"number": 1.5}, "number", "a number is a whole number"),
            ({"number": 3, "metrics": {"accuracy": "high"}}, "metrics", "a metric is a number"),
            ({"number": 3, "metrics": [0.97]}, "metrics", "metrics are a dict"),
            ({"number": 3, "metrics": {7: 0.97}}, "metrics", "the name of a metric is a string"),
            ({"number": 3, "metrics": {"accuracy": None}}, "metrics", "a metric is a number"),
            ({"number": 3, "metrics": None}, "metrics", "metrics are a dict"),
            ({"number": None}, "number", "a number is a whole number"),
        ]
    ):
        versions = [{"number": 1}] * number + [bad]
        manifest = build(exercise, versions=versions)
        places = [error["loc"][:3] for error in manifest.expect_refused(place, why).errors()]
        wanted = ("versions", number, place)
        manifest.expect_that(wanted in places, f"a ValidationError with the place {wanted}, but it has {places}")
    build(exercise, versions=None).expect_refused("versions", "it is a list")


def test_none_and_other_types_are_refused(exercise: ModuleType) -> None:
    for name, value in (("name", None), ("name", 7), ("tags", None), ("upload_id", None), ("upload_id", "today")):
        build(exercise, **{name: value}).expect_refused(name, f"{value!r} does not fit")


def test_a_tag_has_1_to_30_characters(exercise: ModuleType) -> None:
    for tags in ([""], ["vision", "a" * 31], [7], "vision"):
        build(exercise, tags=tags).expect_refused("tags", "tags are a list of strings of 1 to 30 characters")
    for tags in (["a"], ["a" * 30], ["ä" * 30, "8 x 8", " "], ["small", "old", "small"]):
        manifest = build(exercise, tags=tags)
        expect(manifest, field(manifest, "tags"), tags, "`tags`")


def test_there_are_at_most_5_tags(exercise: ModuleType) -> None:
    tags = ["vision", "small", "8x8", "digits", "fast"]
    manifest = build(exercise, tags=tags)
    expect(manifest, field(manifest, "tags"), tags, "`tags`, 5 of them,")
    build(exercise, tags=[*tags, "old"]).expect_refused("tags", "there are at most 5 tags")
