"""Exercise 7.4: Rules with names.

A rule without a name cannot be changed later: a migration has to name what it drops,
and an error message should say which rule was broken. Give every rule a name, by one
convention for the whole database.

Give `metadata` a naming convention, so that every table in it gets these names, tables
added later too:

- primary key `pk_TABLE`, as in `pk_versions`;
- foreign key `fk_TABLE_COLUMN_OTHERTABLE`, as in `fk_versions_model_id_models`;
- unique `uq_TABLE_COLUMN`, and with two columns `uq_TABLE_COLUMN_COLUMN`;
- index `ix_TABLE_COLUMN`;
- check `ck_TABLE_NAME`, where `NAME` is the name given to the check.

Then give the table `versions` its rules, and leave its columns as they are: a model has
each number only once, but two models may have the same; the check `number_positive`
lets in every number from 1; an index serves searches by `stage`.

Last, write `rule_names(engine, table)`. At each call it asks the **database** of that
engine for the table of that name, and returns a list of the names of its primary key,
foreign keys, unique constraints, checks and indexes, each name once, sorted as
`sorted` does. What has no name is left out, and a table without any gives `[]`. For
example, `rule_names(engine, "versions")` returns

    ["ck_versions_number_positive", "fk_versions_model_id_models",
     "ix_versions_stage", "pk_versions", "uq_versions_model_id_number"]
"""

from sqlalchemy import (
    Column,
    Engine,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    inspect,
)

metadata = MetaData()
models = Table(
    "models",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(64), nullable=False, unique=True),
)
versions = Table(
    "versions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("model_id", ForeignKey("models.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("stage", String(20), nullable=False),
)


def rule_names(engine: Engine, table: str) -> list[str]:
    return [f"ix_{column['name']}" for column in inspect(engine).get_columns(table)]
