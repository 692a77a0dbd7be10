// The one Python of a page. It is made at the first wish for it, and shared by all exercises of the page.
// Messages in: {id, call, args}, where a call is a file of runtime/ and a function of it. Messages out: {progress},
// {id, test}, {id, output}, {id, answer}, {id, error}; after each call, when all is put right again: {spoiled, heap}.
import { loadPyodide } from "./pyodide.mjs";

const here = new URL("./", import.meta.url);
const get = async (name) => {
  const response = await fetchFile(new URL(name, here));
  if (!response.ok) throw new Error(`${name}: ${response.status}`);
  return response;
};

// Large files lie on the site compressed. Pyodide fetches two of them by itself, under these names.
const fetchFile = self.fetch.bind(self);
const COMPRESSED = { "pyodide.asm.wasm": ["pyodide.bin", "application/wasm"], "library.zip": ["library.bin", "application/zip"] };
const unpacked = async (name, type) => {
  const { body } = await get(name);
  return new Response(body.pipeThrough(new DecompressionStream("gzip")), { headers: { "Content-Type": type } });
};
self.fetch = (address, options) => {
  const known = COMPRESSED[new URL(address.url ?? address, here).pathname.split("/").pop()];
  return known ? unpacked(...known) : fetchFile(address, options);
};

/** Write the files of an archive that compile.py made. */
function install(python, bytes, folder) {
  const start = 4 + new DataView(bytes.buffer).getUint32(0, true);
  const made = new Set();
  let at = start;
  for (const [name, size] of JSON.parse(new TextDecoder().decode(bytes.subarray(4, start)))) {
    const path = `${folder}/${name}`;
    const parent = path.slice(0, path.lastIndexOf("/"));
    if (!made.has(parent)) python.FS.mkdirTree(parent);
    made.add(parent);
    python.FS.writeFile(path, bytes.subarray(at, (at += size)), { canOwn: true });
  }
}

let heap; // how much memory Python has, in bytes
let current; // the id of the call that is being answered
const say = (message) => postMessage(message);

async function boot() {
  say({ progress: "Fetching Python …" });
  const archives = [unpacked("packages.bin", "application/octet-stream"), get("course.zip")];
  const python = await loadPyodide({
    indexURL: here.href,
    stdLibURL: new URL("library.zip", here).href,
    stdout: (line) => say({ id: current, output: line }),
    stderr: (line) => say({ id: current, output: line }),
    env: { HOME: "/home", PYTHONDONTWRITEBYTECODE: "1" },
  });
  say({ progress: "Unpacking the libraries …" });
  const [packages, course] = await Promise.all(archives.map(async (one) => (await one).arrayBuffer()));
  install(python, new Uint8Array(packages), "/lib/python3.14/site-packages");
  python.unpackArchive(course, "zip", { extractDir: "/course" });
  say({ progress: "Starting FastAPI and pytest …" });
  python.runPython("import sys; sys.path.insert(0, '/course')");
  heap = () => python._module.HEAPU8.length;
  python.pyimport("grade"); // what is wanted most
  return python;
}

const ready = boot();
ready.then(() => say({ progress: "" }), (error) => say({ failed: String(error.message ?? error) }));

onmessage = async ({ data: { id, call, args } }) => {
  const python = await ready;
  const [file, name] = call.split(".");
  current = id;
  say({ id, test: "" });
  try {
    const answer = python.pyimport(file)[name](...args, (test) => say({ id, test }));
    say({ id, answer: JSON.parse(answer) });
  } catch (error) {
    say({ id, error: String(error.message ?? error) });
  }
  tidyUp(python.pyimport("grade"));
};

/** Put right what the program has changed, now that its verdict is told; and say whether another Python is needed. */
function tidyUp(grade) {
  let spoiled = true;
  try {
    spoiled = grade.tidy();
  } finally {
    say({ spoiled, heap: heap() });
  }
}
