// An exercise that can be edited and checked. Loaded at the first wish for it.
import { isolateHistory, undo } from "@codemirror/commands";
import { makeConsole } from "./console.js";
import { editor, mark } from "./editor.js";
import { call as callPython } from "./python.js";
import { load, save } from "./store.js";
import { showVerdict, stopped } from "./verdict.js";

let facts; // of all exercises, fetched once

async function factsOf(number, base) {
  facts ??= fetch(new URL("exercises.json", base)).then((response) => {
    if (!response.ok) throw new Error(`exercises.json: ${response.status}`);
    return response.json();
  });
  try {
    return (await facts)[number];
  } catch (error) {
    facts = undefined;
    throw error;
  }
}

const lines = (text) => text.split("\n").length - 1;

export async function mount({ block, number, code, buttons, status, base, python }) {
  const { Stopped, call, warm } = python;
  status.textContent = "Loading the editor …";
  const about = await factsOf(number, base);
  const record = load(number);
  const start = about.head + about.code;
  let file = typeof record.file === "string" ? record.file : start;
  let head = file.startsWith(about.head) ? about.head : ""; // where the task itself was changed, it is shown too
  let askedForSolution = false;
  let busy = false;

  const write = (text) => {
    file = head + text.replace(/\n*$/, "\n");
    const kept = save(number, { file, head: head.length });
    if (!kept) say("This browser keeps nothing for this site. Copy what you write before you leave the page.");
  };
  const place = code.querySelector("pre");
  const view = editor(place.parentElement, file.slice(head.length).replace(/\n$/, ""), {
    label: `Code of exercise ${number}. Control-Enter checks it. Escape, then Tab, leaves the editor.`,
    firstLine: () => lines(head) + 1,
    onchange: write,
    onrun: () => check(),
  });
  place.replaceWith(view.dom);
  code.querySelectorAll(".md-clipboard, .md-code__nav").forEach((extra) => extra.remove());
  buttons.querySelector("[data-do=edit]").hidden = true;
  status.textContent = "";

  const result = document.createElement("div");
  result.className = "cell__result";
  result.setAttribute("role", "region");
  result.setAttribute("aria-label", `Verdict on exercise ${number}`);
  result.hidden = true;
  status.after(result);

  const say = (text, action) => {
    status.textContent = text;
    if (action) status.append(" ", action);
  };

  async function check(asked = false) {
    if (busy) return;
    busy = true;
    block.classList.add("cell--busy");
    result.hidden = true;
    mark(view, 0);
    const sent = file;
    let verdict;
    try {
      const onprogress = (doing) => say(doing || "Checking …");
      verdict = await call(base, "grade.grade", [number, sent, asked], { limit: about.limit, onprogress });
      if (verdict.error) throw new Error(verdict.error);
      say("");
    } catch (error) {
      if (!(error instanceof Stopped)) {
        say(`Python did not answer (${error.message}). Try again, or check it on your own machine.`);
        return;
      }
      verdict = stopped(number, about, error.test);
      say("The program was stopped. Change it, and check again.");
    } finally {
      busy = false;
      block.classList.remove("cell--busy");
    }
    requests?.follow();
    if (verdict.status === "passed") save(number, { good: sent });
    const line = showVerdict(result, verdict, about);
    if (line) mark(view, line - lines(head));
    return verdict;
  }

  function reset() {
    const undoing = document.createElement("button");
    undoing.type = "button";
    undoing.className = "cell__link";
    undoing.textContent = "Undo";
    const before = head;
    head = about.head;
    view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: about.code.replace(/\n$/, "") }, annotations: isolateHistory.of("full") });
    result.hidden = true;
    undoing.onclick = () => {
      head = before;
      undo(view);
      say("What you wrote is back.");
      view.focus();
    };
    say("The starter is back.", undoing);
  }

  function hint() {
    const ladder = [...block.querySelectorAll("details.hint")].filter((rung) => /^Hint \d/.test(rung.querySelector("summary").textContent));
    const next = ladder.find((rung) => rung.hidden);
    if (!next) return say("These were all the hints.");
    next.hidden = false;
    next.open = true;
    save(number, { hints: ladder.filter((rung) => !rung.hidden).length });
    say(`Hint ${ladder.indexOf(next) + 1} of ${ladder.length} is shown below.`);
    next.querySelector("summary")?.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  }

  function solution() {
    const folded = block.querySelector("details.solution");
    const { good } = load(number);
    if (!folded) return;
    if (!good && !askedForSolution) {
      askedForSolution = true;
      return say("It is not solved yet, and a hint may be enough. Press Solution again to see it anyway.");
    }
    folded.hidden = false;
    folded.open = true;
    say("The solution is shown below.");
    folded.scrollIntoView({ block: "nearest" });
  }

  let requests; // the console, once it was wanted
  async function tryIt() {
    const onbroken = (line) => mark(view, line - lines(head));
    requests ??= makeConsole({ above: result, number, about, base, python, code: () => file, onbroken });
    const opened = await requests.toggle();
    buttons.querySelector("[data-do=try]").setAttribute("aria-expanded", String(opened));
  }

  const focus = () => {
    warm(base); // Python loads while the reader writes
    view.focus();
  };
  const actions = { check, edit: focus, try: tryIt, hint, solution, reset };
  view.contentDOM.addEventListener("focus", () => warm(base));
  view.contentDOM.addEventListener("blur", () => requests?.follow());
  return { act: (name) => actions[name](), check, view };
}

/** For the tests: the verdict on any text, without an editor. */
export async function grade(base, number, text, asked) {
  const about = await factsOf(number, base);
  return callPython(base, "grade.grade", [number, text, asked], { limit: about.limit });
}

export { mountExample } from "./example.js";

/** For the tests: what a program prints, without an editor. */
export async function run(base, text) {
  const printed = [];
  await callPython(base, "example.run", [text], { onoutput: (line) => printed.push(line) });
  return printed.join("\n");
}
