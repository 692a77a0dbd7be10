// A program in the text that can be changed and run in place. Loaded at the first press of Run.
import { editor, mark } from "./editor.js";

const LIMIT = 5; // seconds

/** Make the program of `code` editable, and show what it prints in `output`, in place of what the page shows. */
export function mountExample({ code, output, status, back, base, python: { Stopped, call } }) {
  const program = code.querySelector("pre");
  const title = output.querySelector(".filename");
  const shown = output.querySelector("pre > code");
  const before = { title: title.textContent, nodes: [...shown.childNodes] };
  let view;
  let busy = false;

  function open() {
    if (view) return;
    const text = program.textContent.replace(/\n$/, "");
    view = editor(program.parentElement, text, { label: "A program that you can change. Control-Enter runs it. Escape, then Tab, leaves the editor.", onrun: run });
    code.classList.add("run--open");
    back.hidden = false;
  }

  async function run() {
    open();
    if (busy) return;
    busy = true;
    mark(view, 0);
    title.textContent = "Output of your run";
    shown.replaceChildren();
    output.classList.add("run--busy");
    try {
      const onprogress = (doing) => (status.textContent = doing || "Running …");
      const onoutput = (line) => shown.append(`${line}\n`);
      const line = await call(base, "example.run", [view.state.doc.toString()], { limit: LIMIT, onprogress, onoutput });
      if (line && view) mark(view, line);
      status.textContent = shown.textContent ? "" : "It printed nothing.";
    } catch (error) {
      status.textContent = error instanceof Stopped ? "Stopped: it did not finish." : `Python did not answer: ${error.message}`;
    } finally {
      busy = false;
      output.classList.remove("run--busy");
    }
  }

  function putBack() {
    view?.destroy();
    view = undefined;
    code.classList.remove("run--open");
    back.hidden = true;
    title.textContent = before.title;
    shown.replaceChildren(...before.nodes);
    status.textContent = "";
  }

  return { run, putBack };
}
