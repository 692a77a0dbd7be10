// On every page: small, and asks for nothing else until the reader does.
import { element } from "./dom.js";
import { CHANGED, load } from "./store.js";
import * as python from "./python.js";
import { showPanels, showProgress } from "./progress.js";

const base = new URL("./__VERSION__/", import.meta.url);
const able = typeof WebAssembly === "object" && typeof Worker === "function";

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
  const requests = block.dataset.inPage === "app" ? ["Try it"] : [];
  for (const name of ["Check", "Edit", ...requests, "Hint", "Solution", "Reset"]) {
    const kind = name === "Check" ? "md-button md-button--primary" : "md-button";
    buttons.append(element("button", { type: "button", class: kind, "data-do": name.toLowerCase().split(" ")[0] }, name));
  }
  buttons.querySelector("[data-do=try]")?.setAttribute("aria-expanded", "false");
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
    if (["check", "edit", "try"].includes(name)) python.warm(base); // loads while the editor does, and while the reader writes
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

/** Give a program and its output, which follows it on the page, a button to run it. Both are as they were without it. */
function prepareExample(output) {
  const code = output.previousElementSibling;
  if (output.querySelector(":scope > .filename")?.textContent !== "Output" || output.dataset.ready) return;
  output.dataset.ready = "yes";
  const status = element("span", { class: "run__status", role: "status" });
  if (code.dataset.stays) {
    status.textContent = `Not in the page: ${code.dataset.stays}`;
    return output.append(element("div", { class: "run" }, status));
  }
  const back = element("button", { type: "button", class: "run__button" }, "Put back");
  const run = element("button", { type: "button", class: "run__button", "aria-label": "Run the program above" }, "Run");
  back.hidden = true;
  output.append(element("div", { class: "run" }, status, back, run));
  let example;
  run.addEventListener("click", () => {
    python.warm(base);
    example ??= import(new URL("cell.js", base).href).then(({ mountExample }) => mountExample({ code, output, status, back, base, python }));
    example.then((ready) => ready.run()).catch((error) => {
      example = undefined;
      status.textContent = `It could not be loaded: ${error.message}`;
    });
  });
  back.addEventListener("click", async () => {
    (await example).putBack();
    run.focus();
  });
}

function prepareAll() {
  if (able) {
    document.querySelectorAll(".exercise[data-in-page]").forEach(prepare);
    document.querySelectorAll(".language-python.highlight + .language-text.highlight").forEach(prepareExample);
  }
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
