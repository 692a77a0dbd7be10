"""Grades exercise 7.4, constraints, an index, and their names."""

from types import ModuleType

from sqlalchemy import (
    CheckConstraint,
    Column,
    Engine,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    create_engine,
    inspect,
    text,
)

from learn.checks import call, require, show
from learn.checks.tables import create_tables, expect_done, expect_refused

ALL = [
    "ck_versions_number_positive",
    "fk_versions_model_id_models",
    "ix_versions_stage",
    "pk_versions",
    "uq_versions_model_id_number",
]
INSERT = "INSERT INTO versions (model_id, number, stage) VALUES (:model_id, :number, 'none')"


def named(engine: Engine, table: str) -> list[str | None]:
    """What the database has, read without the learner's function."""
    inspector = inspect(engine)
    rules = [
        inspector.get_pk_constraint(table),
        *inspector.get_foreign_keys(table),
        *inspector.get_unique_constraints(table),
        *inspector.get_check_constraints(table),
        *inspector.get_indexes(table),
    ]
    return sorted({rule["name"] for rule in rules}, key=str)


def with_models(exercise: ModuleType, engine: Engine) -> None:
    create_tables(exercise, engine)
    expect_done(engine, "INSERT INTO models (name) VALUES ('spam-filter'), ('digits-mlp')")


def test_a_number_occurs_once_for_a_model(exercise: ModuleType, engine: Engine) -> None:
    with_models(exercise, engine)
    expect_done(engine, INSERT, model_id=1, number=2)
    expect_refused(engine, INSERT, "model 1 has a version 2 already", model_id=1, number=2)
    expect_done(engine, INSERT, "model 2 may have a version 2 too", model_id=2, number=2)
    expect_done(engine, INSERT, "model 1 may have a version 3 too", model_id=1, number=3)


def test_numbers_begin_with_1(exercise: ModuleType, engine: Engine) -> None:
    with_models(exercise, engine)
    expect_done(engine, INSERT, "1 is the smallest number", model_id=1, number=1)
    expect_done(engine, INSERT.replace(":number", "1000000"), "there is no largest number", model_id=1)
    for number in [0, -1]:
        expect_refused(engine, INSERT.replace(":number", f"{number}"), "numbers begin with 1", model_id=1)


def test_stage_has_an_index(exercise: ModuleType, engine: Engine) -> None:
    create_tables(exercise, engine)
    indexes = [index["column_names"] for index in inspect(engine).get_indexes("versions")]
    require(
        ["stage"] in indexes,
        called='inspect(engine).get_indexes("versions")',
        got=f"reads indexes on {show(indexes)}",
        expected='one on ["stage"]',
    )


def test_every_rule_of_versions_has_its_name(exercise: ModuleType, engine: Engine) -> None:
    create_tables(exercise, engine)
    found = named(engine, "versions")
    missing = [name for name in ALL if name not in found]
    require(
        found == ALL,
        called="metadata.create_all(engine)",
        got=f"gave the rules of versions the names {show(found)}",
        expected=f"{show(missing)} among them" if missing else f"these names and no other: {show(ALL)}",
    )


def test_the_convention_holds_for_every_table(exercise: ModuleType, engine: Engine) -> None:
    predictions = Table(
        "predictions",
        exercise.metadata,
        Column("id", Integer, primary_key=True),
        Column("version_id", ForeignKey("versions.id")),
        Column("model_id", ForeignKey("models.id"), index=True),
        Column("input_hash", String(64), unique=True),
        Column("latency_ms", Integer),
        UniqueConstraint("version_id", "latency_ms"),
        CheckConstraint("latency_ms >= 0", name="latency_not_negative"),
    )
    create_tables(exercise, engine)
    for table, wanted in [
        (exercise.models, ["pk_models", "uq_models_name"]),
        (
            predictions,
            [
                "ck_predictions_latency_not_negative",
                "fk_predictions_model_id_models",
                "fk_predictions_version_id_versions",
                "ix_predictions_model_id",
                "pk_predictions",
                "uq_predictions_input_hash",
                "uq_predictions_version_id_latency_ms",
            ],
        ),
    ]:
        found = named(engine, table.name)
        missing = [name for name in wanted if name not in found]
        require(
            found == wanted,
            called=f"metadata.create_all(engine), for the table {table.name},",
            got=f"named its rules {show(found)}",
            expected=f"{show(missing or wanted)}, by the convention of the metadata",
        )


def test_rule_names_reads_the_database(exercise: ModuleType, engine: Engine) -> None:
    create_tables(exercise, engine)
    call(exercise.rule_names, engine, "versions").expect(named(engine, "versions"), "that is what the database has")
    other = MetaData()
    audit = Table(
        "audit",
        other,
        Column("id", Integer),
        Column("note", String(20)),
        Column("model_id", ForeignKey("models.id", name="to_model")),
        UniqueConstraint("note", name="one_note"),
        CheckConstraint("id > 7", name="after_seven"),
    )
    if engine.dialect.name == "sqlite":  # elsewhere each rule has a name, and a name of its own
        audit.append_constraint(CheckConstraint("id < 70"))
        Index("one_note", audit.c.id)
    exercise.metadata.tables["models"].to_metadata(other)
    other.create_all(engine)
    wanted = ["after_seven", "one_note", "to_model"]
    call(exercise.rule_names, engine, "audit").expect(wanted, "the table audit, made by somebody else, has these names")
    expect_done(engine, "CREATE INDEX by_model ON audit (model_id)")
    why = "audit has an index by_model since the last call"
    call(exercise.rule_names, engine, "audit").expect(sorted([*wanted, "by_model"]), why)
    expect_done(engine, 'CREATE UNIQUE INDEX "One_Id" ON audit (id)')
    why = "audit has an index One_Id, which is unique, and capitals are sorted first"
    call(exercise.rule_names, engine, "audit").expect(["One_Id", *sorted([*wanted, "by_model"])], why)


def test_rule_names_of_a_table_without_rules(exercise: ModuleType, engine: Engine) -> None:
    create_tables(exercise, engine)
    expect_done(engine, "CREATE TABLE notes (id INTEGER, note VARCHAR(20))")
    call(exercise.rule_names, engine, "notes").expect([], "the table notes has no rules")
    other = create_engine("sqlite://")
    with other.begin() as connection:
        connection.execute(text("CREATE TABLE notes (id INTEGER CONSTRAINT notes_key PRIMARY KEY)"))
    outcome = call(exercise.rule_names, other, "notes")
    outcome.called += " with an engine on another database"
    outcome.expect(["notes_key"], "that one has such a table too, with a rule")
    other.dispose()


def test_the_columns_stay_as_they_are(exercise: ModuleType, engine: Engine) -> None:
    create_tables(exercise, engine)
    columns = inspect(engine).get_columns("versions")
    required = {column["name"]: not column["nullable"] for column in columns}
    require(
        required == {"id": True, "model_id": True, "number": True, "stage": True},
        called="The table versions",
        got=f"has the columns {', '.join(name if required[name] else f'{name} or NULL' for name in required)}",
        expected="id, model_id, number and stage, all of them required: only rules are added",
    )
    [stage] = [column["type"] for column in columns if column["name"] == "stage"]
    require(
        isinstance(stage, String) and stage.length == 20,
        called="The column stage",
        got=f"has the type {stage}",
        expected="text of at most 20 characters, as before",
    )
