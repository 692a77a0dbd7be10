// Run by build.py: node bundle.mjs NPM_FOLDER WHEELS_FOLDER OUT_FOLDER
// Compiles the Python libraries inside Pyodide itself, so that the page need not, and bundles the page's programs.
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";
import zlib from "node:zlib";
import { pathToFileURL } from "node:url";

const [npm, wheels, out] = process.argv.slice(2);
const require = createRequire(path.join(npm, "package.json"));
const here = path.dirname(new URL(import.meta.url).pathname.replace(/^\/(\w:)/, "$1"));
fs.mkdirSync(out, { recursive: true });

// The page's programs. The first is small and on every page; the editor is a part of its own, loaded when wanted.
const esbuild = require("esbuild");
const common = { bundle: true, format: "esm", minify: true, target: "es2022", legalComments: "none", nodePaths: [path.join(npm, "node_modules")] };
await esbuild.build({ ...common, entryPoints: [path.join(here, "page/page.js"), path.join(here, "page/page.css")], outdir: out });
await esbuild.build({ ...common, entryPoints: [path.join(here, "page/cell.js"), path.join(here, "page/worker.js")], outdir: out, external: ["./pyodide.mjs"] });

// Pyodide, without what nobody here asks for
const pyodide = path.join(npm, "node_modules/pyodide");
for (const name of ["pyodide.mjs", "pyodide.asm.mjs"]) fs.copyFileSync(path.join(pyodide, name), path.join(out, name));
const lock = JSON.parse(fs.readFileSync(path.join(pyodide, "pyodide-lock.json")));
fs.writeFileSync(path.join(out, "pyodide-lock.json"), JSON.stringify({ ...lock, packages: {} }));

// The Python libraries
const { loadPyodide } = await import(pathToFileURL(path.join(pyodide, "pyodide.mjs")));
const py = await loadPyodide();
for (const name of fs.readdirSync(wheels).sort()) {
  py.unpackArchive(new Uint8Array(fs.readFileSync(path.join(wheels, name))), "zip", { extractDir: "/packages" });
}
py.FS.writeFile("/library.zip", new Uint8Array(fs.readFileSync(path.join(pyodide, "python_stdlib.zip"))));
py.runPython(fs.readFileSync(path.join(here, "compile.py"), "utf8"));

// The licences of all that is shipped: the Python libraries, and what npm brought
const licences = JSON.parse(py.FS.readFile("/out/licences.json", { encoding: "utf8" }));
const modules = JSON.parse(fs.readFileSync(path.join(npm, "package-lock.json"))).packages;
for (const [place, { version, license, optional }] of Object.entries(modules)) {
  if (!place || optional || /esbuild/.test(place)) continue; // what only builds is not shipped
  const folder = path.join(npm, place);
  const file = fs.readdirSync(folder).find((name) => /^licen[sc]e/i.test(name));
  licences.push({ name: place.replace("node_modules/", ""), version, licence: license ?? "", text: file ? fs.readFileSync(path.join(folder, file), "utf8") : "" });
}
licences.push({ name: "CPython's standard library", version: lock.info.python, licence: "PSF-2.0", text: "" });
licences.sort((one, other) => (one.name < other.name ? -1 : 1));
fs.writeFileSync(path.join(out, "licences.json"), JSON.stringify(licences));

// Compressed here, and unpacked by the page: few servers compress such files. The name ends so that none unpacks them.
const compressed = (name, content) => fs.writeFileSync(path.join(out, `${name}.bin`), zlib.gzipSync(content, { level: 9 }));
compressed("pyodide", fs.readFileSync(path.join(pyodide, "pyodide.asm.wasm")));
for (const name of ["library", "packages"]) compressed(name, py.FS.readFile(`/out/${name}`));
process.exit(0);
