// Shows a verdict in the words of the terminal. Text goes in as text: nothing a program says becomes HTML.

const SYMBOLS = { passed: "✓", failed: "✗", broken: "✗", timeout: "⧖", untouched: "○", "not run": "-" };
const SHOWN_LINES = 12;

export function part(tag, kind, ...children) {
  const made = document.createElement(tag);
  if (kind) made.className = `cell__${kind}`;
  made.append(...children);
  return made;
}

const words = (name) => name.replace(/^test_/, "").replaceAll("_", " ");

/** The verdict on a program that had to be ended from outside. */
export function stopped(number, about, test) {
  const message = `it did not finish within ${about.limit} s: an endless loop, or a wait for something that never comes`;
  return { exercise: number, title: about.title, status: "timeout", file: about.file, tests: [{ name: test || "your program", status: "timeout", message }] };
}

/** Fill `place` with the verdict. Returns the line of the learner's file that it names, if it names one. */
export function showVerdict(place, verdict, about) {
  const passed = verdict.tests.filter((test) => test.status === "passed").length;
  const head = part("p", "headline", part("strong", "", `${SYMBOLS[verdict.status]} ${verdict.exercise} ${verdict.status}`), ` ${verdict.title}`);
  if (verdict.status !== "untouched") head.append(part("span", "count", ` ${passed} of ${verdict.tests.length} tests`));
  place.dataset.status = verdict.status;
  place.replaceChildren(head);
  place.hidden = false;
  if (verdict.status === "untouched") {
    place.append(part("p", "", "This is still the starter. The task is above: change the code, then check again."));
    return undefined;
  }
  const first = verdict.tests.find((test) => test.status === verdict.status && test.status !== "passed");
  if (first) place.append(...story(first, verdict, about));
  place.append(allTests(verdict));
  return first?.line;
}

/** Fill `place` with what is wrong with a program that could not even be asked. Returns the line that it names, if any. */
export function showTrouble(place, verdict, about) {
  const [first] = verdict.tests;
  place.dataset.status = verdict.status;
  place.replaceChildren(part("p", "headline", part("strong", "", `${SYMBOLS[verdict.status]} ${verdict.exercise} ${verdict.status}`)), ...story(first, verdict, about));
  place.hidden = false;
  return first.line;
}

/** The line of the learner's file that is to blame, where it is known. */
export const where = ({ line, code }, about) => (line ? [part("pre", "where", `${about.file}:${line}\n    ${code ?? ""}`)] : []);

function story(result, verdict, about) {
  const parts = [part("p", "test", words(result.name))];
  if (result.called) {
    parts.push(part("pre", "story", `${result.called}\n  `, part("span", "got", result.got), "\n  expected ", part("span", "expected", result.expected)));
  } else parts.push(part("pre", "story", result.message));
  parts.push(...where(result, about));
  if (result.output?.trim()) {
    const all = result.output.trimEnd().split("\n");
    const more = all.length > SHOWN_LINES ? `\n… and ${all.length - SHOWN_LINES} lines more` : "";
    parts.push(part("p", "test", "Your code printed:"), part("pre", "story", all.slice(0, SHOWN_LINES).join("\n") + more));
  }
  if (verdict.hint) parts.push(part("p", "hint", part("strong", "", "Hint "), ...inline(verdict.hint)));
  return parts;
}

/** Text with `code` in it. */
function inline(text) {
  return text.split("`").map((piece, index) => (index % 2 ? part("code", "", piece) : piece));
}

function allTests(verdict) {
  const list = part("ul", "tests");
  for (const test of verdict.tests) {
    const item = part("li", "", part("span", "symbol", `${SYMBOLS[test.status]} `), words(test.name), part("span", "count", ` ${test.status}`));
    item.dataset.status = test.status;
    list.append(item);
  }
  const folded = part("details", "all", part("summary", "", "All tests"), list);
  return folded;
}
