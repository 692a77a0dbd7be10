// The one Python of a page. It is made at the first wish for it, and shared by all exercises of the page.
// Messages in: {id, call, args}. Messages out: {progress}, {id, test}, {id, output}, {id, answer}, {id, error}.
import { loadPyodide } from "./pyodide.mjs";

const here = new URL("./", import.meta.url);
const bytes = async (name) => {
  const response = await fetch(new URL(name, here));
  if (!response.ok) throw new Error(`${name}: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
};

let current; // the id of the call that is being answered
const say = (message) => postMessage(message);

async function boot() {
  say({ progress: "Fetching Python …" });
  const archives = [bytes("packages.zip"), bytes("course.zip")];
  const python = await loadPyodide({
    indexURL: here.href,
    stdLibURL: new URL("library.zip", here).href,
    stdout: (line) => say({ id: current, output: line }),
    stderr: (line) => say({ id: current, output: line }),
    env: { HOME: "/home", PYTHONDONTWRITEBYTECODE: "1" },
  });
  say({ progress: "Unpacking the libraries …" });
  const [packages, course] = await Promise.all(archives);
  python.unpackArchive(packages, "zip", { extractDir: "/lib/python3.14/site-packages" });
  python.unpackArchive(course, "zip", { extractDir: "/course" });
  say({ progress: "Starting FastAPI and pytest …" });
  python.runPython("import sys; sys.path.insert(0, '/course')");
  return python.pyimport("grade");
}

const ready = boot();
ready.then(() => say({ progress: "" }), (error) => say({ failed: String(error.message ?? error) }));

onmessage = async ({ data: { id, call, args } }) => {
  const runtime = await ready;
  current = id;
  say({ id, test: "" });
  try {
    const answer = runtime[call](...args, (test) => say({ id, test }));
    say({ id, answer: JSON.parse(answer) });
  } catch (error) {
    say({ id, error: String(error.message ?? error) });
  }
};
