// Shows what was reached: at each exercise, at each link to a lesson, and where a page asks for it.
import { element } from "./dom.js";
import { isSaid, isSolved } from "./store.js";
import { bringBack, conflicts, exported, read, takeOver } from "./transfer.js";

const LESSONS = __LESSONS__; // {"02_parameters": ["2.1", …], …}

/** Show in `holder` how much is done, as a bar or a pie. It lies where nothing has to move for it. */
function show(holder, kind, done, all) {
  let mark = holder.querySelector(":scope > .progress");
  if (!done) return mark?.remove();
  if (!mark) holder.append((mark = element("span", { class: `progress progress--${kind}` }, element("span", { class: "progress__words" }))));
  mark.style.setProperty("--done", done / all);
  mark.title = all > 1 ? `${done} of ${all} exercises passed in this browser` : "passed in this browser";
  mark.firstChild.textContent = ` (${mark.title})`;
}

function showExercise(block) {
  const number = block.dataset.exercise;
  const solved = isSolved(number);
  const heading = block.querySelector("h2, h3, h4");
  const [words, title] = solved ? ["✓ passed", "Passed in this browser"] : isSaid(number) ? ["not checked here", "What was imported says that it passed: press Check"] : [];
  const mark = heading.querySelector(".cell__badge");
  if (mark?.textContent !== words) {
    mark?.remove();
    if (words) heading.append(element("span", { class: `cell__badge${solved ? " cell__badge--done" : ""}`, title }, words));
  }
  document.querySelectorAll(`.md-nav--secondary a[href$="#${heading.id}"]`).forEach((entry) => show(entry, "pie", Number(solved), 1));
}

export function showProgress() {
  document.querySelectorAll(".exercise[data-in-page]").forEach(showExercise);
  const links = document.querySelectorAll(".md-nav a[href], .md-content .parts li > a[href], .md-content td:first-child > a[href]");
  for (const link of links) {
    const { pathname, hash } = new URL(link.href);
    const numbers = LESSONS[/\/lessons\/([^/]+)\/$/.exec(pathname)?.[1]];
    if (!numbers || hash) continue;
    const inText = link.closest("li:not(.md-nav__item), tr");
    const onPhone = link.parentElement.querySelector(":scope > label.md-nav__link--active"); // stands in for the link
    const holders = inText ? [inText.querySelector("td:last-child") ?? inText] : [link, onPhone].filter(Boolean);
    holders.forEach((holder) => show(holder, inText ? "bar" : "pie", numbers.filter(isSolved).length, numbers.length));
  }
}

function button(text, act) {
  const made = element("button", { type: "button", class: "md-button" }, text);
  made.addEventListener("click", act);
  return made;
}

/** Fill the places that ask for it with the sum of it all, and the way to carry it elsewhere. */
export function showPanels() {
  const numbers = Object.values(LESSONS).flat();
  for (const place of document.querySelectorAll("[data-progress]")) {
    if (!place.childElementCount) fill(place, numbers);
    place.querySelector(".cell__sum").textContent = `${numbers.filter(isSolved).length} of ${numbers.length} exercises passed in this browser.`;
  }
}

function fill(place, numbers) {
  const sum = element("p", { class: "cell__sum" });
  const status = element("div", { class: "cell__status", role: "status" });
  const chosen = element("input", { type: "file", accept: ".json,application/json", hidden: "" });
  chosen.addEventListener("change", () => bringIn(chosen, status, numbers));
  const buttons = element("div", { class: "cell__buttons" }, button("Export", () => save(numbers)), button("Import", () => chosen.click()));
  place.append(sum, buttons, chosen, status);
}

function save(numbers) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([exported(numbers)], { type: "application/json" }));
  link.download = "my-course.json";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

async function bringIn(chosen, status, numbers) {
  const [file] = chosen.files;
  chosen.value = "";
  if (!file) return;
  try {
    if (file.size > 4 * 8 * 2 ** 20) throw new Error("This file is larger than any export of this course.");
    const entries = read(await file.text(), numbers);
    const different = conflicts(entries);
    const take = () => {
      takeOver(entries);
      const undo = button("Bring back what was here", () => {
        bringBack();
        status.textContent = "What was here before is back.";
      });
      const said = [...entries.keys()].filter(isSaid).length;
      const check = said ? `${said} of them passed elsewhere, says the file: each counts once you have pressed Check at it. ` : "";
      status.replaceChildren(`${entries.size} exercises were taken over. ${check}`, undo);
    };
    if (!different.length) return take();
    const leave = button("Leave all as it is", () => (status.textContent = "Nothing was changed."));
    const text = `The file holds other code than this browser for ${different.join(", ")}. Yours is kept if you take it over. `;
    status.replaceChildren(text, button("Take it over", take), " ", leave);
  } catch (error) {
    status.textContent = error.message;
  }
}
