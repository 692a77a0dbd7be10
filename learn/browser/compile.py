"""Run inside Pyodide by bundle.mjs: compiles the libraries in /packages and the standard library, and packs them."""

import compileall
import contextlib
import importlib.metadata
import io
import json
import py_compile
import zipfile
from collections.abc import Callable
from pathlib import Path

OUT = Path("/out")
UNUSED = (  # nothing that grades or is taught imports it
    "sqlalchemy/testing/",
    "sqlalchemy/dialects/oracle/",
    "sqlalchemy/dialects/mssql/",
    "sqlalchemy/dialects/mysql/",
    "pydantic/v1/",
    "pydantic/mypy.py",
    "pydantic/_hypothesis_plugin.py",
)
LEXERS = ("__init__", "_mapping", "python", "special", "diff")  # those that pytest asks for
TOOLS = ("pydoc_data/", "lib2to3/", "idlelib/", "turtledemo/", "ensurepip/")  # of the standard library
SOURCES = ("anyio/",)  # reads its own source


def wanted(name: str) -> bool:
    """Whether a file of /packages goes to the page."""
    if name.startswith(UNUSED) or name.endswith((".pyi", ".pyx", ".pxd", ".c", ".h", "py.typed")):
        return False
    if ".dist-info/" in name:
        return name.endswith(("METADATA", "entry_points.txt"))
    if name.startswith("pygments/lexers/"):
        return Path(name).stem in LEXERS
    return not name.endswith(".py") or name.startswith(SOURCES)


def compiled(folder: Path, shown: str) -> None:
    """Put a .pyc beside each .py of `folder`; `shown` is where a traceback places it."""
    with contextlib.redirect_stdout(io.StringIO()) as output:
        done = compileall.compile_dir(
            folder,
            quiet=1,
            legacy=True,
            stripdir=str(folder),
            prependdir=shown,
            invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
        )
    if not done and folder.name != "library":  # the standard library holds files that are wrong on purpose
        raise SystemExit(output.getvalue())


def names(folder: Path, keep: Callable[[str], bool]) -> list[str]:
    """The files of `folder` that `keep` wants."""
    found = (file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file())
    return sorted(filter(keep, found))


def pack_zip(folder: Path, archive: Path, keep: Callable[[str], bool]) -> None:
    """A zip that Python imports from; not compressed, for it is as a whole."""
    with zipfile.ZipFile(archive, "w") as out:
        for name in names(folder, keep):
            out.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), (folder / name).read_bytes())


def pack(folder: Path, archive: Path, keep: Callable[[str], bool]) -> None:
    """What the page can unpack fast: the length of an index, the index, and the files one after the other."""
    chosen = names(folder, keep)
    index = json.dumps([[name, (folder / name).stat().st_size] for name in chosen]).encode()
    content = b"".join((folder / name).read_bytes() for name in chosen)
    archive.write_bytes(len(index).to_bytes(4, "little") + index + content)


def licences(folder: Path) -> list[dict[str, str]]:
    """Name, version, licence and the licence's text of each library."""
    found = []
    for one in sorted(importlib.metadata.distributions(path=[str(folder)]), key=lambda one: one.name.lower()):
        texts = [file for file in one.files or [] if "licen" in file.name.lower() or "copying" in file.name.lower()]
        classifiers = [c.rpartition(" :: ")[2] for c in one.metadata.get_all("Classifier", []) if "License" in c]
        licence = one.metadata["License-Expression"] or ", ".join(classifiers) or one.metadata["License"] or ""
        text = "\n\n".join(Path(str(one.locate_file(file))).read_text(encoding="utf-8") for file in texts)
        found.append({"name": one.name, "version": one.version, "licence": licence, "text": text})
    return found


OUT.mkdir()
(OUT / "licences.json").write_text(json.dumps(licences(Path("/packages"))), encoding="utf-8")
compiled(Path("/packages"), "/lib/python3.14/site-packages")
pack(Path("/packages"), OUT / "packages", wanted)
zipfile.ZipFile("/library.zip").extractall("/library")
compiled(Path("/library"), "/lib/python314.zip")
pack_zip(Path("/library"), OUT / "library", lambda name: not name.endswith(".py") and not name.startswith(TOOLS))
