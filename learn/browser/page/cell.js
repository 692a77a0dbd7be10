// An exercise that can be edited and checked. Loaded at the first wish for it.
import { autocompletion, closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab, isolateHistory, undo } from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import { bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { EditorState, Prec, StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, drawSelection, keymap, lineNumbers } from "@codemirror/view";
import { classHighlighter } from "@lezer/highlight";
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

// The line that the verdict names
const markLine = StateEffect.define();
const marked = StateField.define({
  create: () => Decoration.none,
  update(marks, transaction) {
    marks = transaction.docChanged ? Decoration.none : marks;
    for (const effect of transaction.effects) {
      if (!effect.is(markLine)) continue;
      const { doc } = transaction.state;
      const there = effect.value >= 1 && effect.value <= doc.lines;
      marks = there ? Decoration.set([Decoration.line({ class: "cell__line" }).range(doc.line(effect.value).from)]) : Decoration.none;
    }
    return marks;
  },
  provide: (field) => EditorView.decorations.from(field),
});

function editor(parent, number, text, firstLine, onchange, oncheck) {
  const describe = `Code of exercise ${number}. Control-Enter checks it. Escape, then Tab, leaves the editor.`;
  return new EditorView({
    parent,
    doc: text,
    extensions: [
      lineNumbers({ formatNumber: (line) => String(line + firstLine() - 1) }),
      history(),
      drawSelection(),
      indentOnInput(),
      bracketMatching(),
      closeBrackets(),
      autocompletion({ activateOnTyping: false }),
      indentUnit.of("    "),
      EditorState.tabSize.of(4),
      python(),
      syntaxHighlighting(classHighlighter),
      marked,
      Prec.highest(keymap.of([{ key: "Mod-Enter", run: () => (oncheck(), true) }])),
      keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, indentWithTab]),
      EditorView.contentAttributes.of({ "aria-label": describe, autocapitalize: "off", autocorrect: "off", spellcheck: "false" }),
      EditorView.updateListener.of((update) => update.docChanged && onchange(update.state.doc.toString())),
    ],
  });
}

const lines = (text) => text.split("\n").length - 1;

export async function mount({ block, number, code, buttons, status, base, python: { Stopped, call, warm } }) {
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
  const view = editor(place.parentElement, number, file.slice(head.length).replace(/\n$/, ""), () => lines(head) + 1, write, () => check());
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
    view.dispatch({ effects: markLine.of(0) });
    const sent = file;
    let verdict;
    try {
      const onprogress = (doing) => say(doing || "Checking …");
      verdict = await call(base, "grade", [number, sent, asked], { limit: about.limit, onprogress });
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
    if (verdict.status === "passed") save(number, { good: sent });
    const line = showVerdict(result, verdict, about);
    if (line) view.dispatch({ effects: markLine.of(line - lines(head)) });
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

  const focus = () => {
    warm(base); // Python loads while the reader writes
    view.focus();
  };
  const actions = { check, edit: focus, hint, solution, reset };
  view.contentDOM.addEventListener("focus", () => warm(base));
  return { act: (name) => actions[name](), check, view };
}

/** For the tests: the verdict on any text, without an editor. */
export async function grade(base, number, text, asked) {
  const about = await factsOf(number, base);
  return callPython(base, "grade", [number, text, asked], { limit: about.limit });
}
