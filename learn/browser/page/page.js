// On every page: small, and asks for nothing else until the reader does.
import { CHANGED, load } from "./store.js";
import * as python from "./python.js";
import { showPanels, showProgress } from "./progress.js";

const base = new URL("./__VERSION__/", import.meta.url);
const able = typeof WebAssembly === "object" && typeof Worker === "function";

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** Give an exercise its buttons. The editor and Python come with the first press of one. */
function prepare(block) {
  const number = block.dataset.exercise;
  const code = block.querySelector(":scope > .exercise__command")?.previousElementSibling; // the starter stands above it
  if (!code?.matches(".highlight") || block.dataset.ready) return;
  block.dataset.ready = "yes";
  const text = code.querySelector("pre > code");
  const record = load(number);
  if (typeof record.file === "string" && text) text.textContent = record.file.slice(record.head); // theirs, not the starter
  const buttons = element("div", { class: "cell__buttons", role: "group", "aria-label": `Exercise ${number}` });
  for (const name of ["Check", "Edit", "Hint", "Solution", "Reset"]) {
    const kind = name === "Check" ? "md-button md-button--primary" : "md-button";
    buttons.append(element("button", { type: "button", class: kind, "data-do": name.toLowerCase() }, name));
  }
  const status = element("div", { class: "cell__status", role: "status", "aria-live": "polite" });
  code.after(buttons, status);
  block.querySelectorAll("details.hint, details.solution").forEach((folded) => (folded.hidden = true));
  let cell;
  const wake = () =>
    (cell ??= import(new URL("cell.js", base).href).then(
      ({ mount }) => mount({ block, number, code, buttons, status, base, python }),
      (error) => {
        cell = undefined;
        status.textContent = `The editor could not be loaded (${error.message}). Try again, or check on your own machine.`;
        throw error;
      },
    ));
  const act = (name) => {
    if (name === "check" || name === "edit") python.warm(base); // loads while the editor does, and while the reader writes
    return wake().then((ready) => ready.act(name), () => {});
  };
  buttons.addEventListener("click", (event) => {
    const name = event.target.closest("[data-do]")?.dataset.do;
    if (name) act(name);
  });
  code.addEventListener("click", (event) => {
    if (!event.target.closest("button, a, .cm-editor") && !getSelection()?.toString()) act("edit");
  });
}

function prepareAll() {
  if (able) document.querySelectorAll(".exercise[data-in-page]").forEach(prepare);
  showAll();
}

function showAll() {
  showProgress();
  showPanels();
}

addEventListener(CHANGED, showAll);
addEventListener("storage", showAll);
prepareAll();
globalThis.document$?.subscribe(prepareAll); // where the theme moves between pages without loading them
