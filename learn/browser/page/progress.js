// Shows what was reached: at each exercise, at each link to a lesson, and where a page asks for it.
import { isSolved } from "./store.js";
import { bringBack, conflicts, exported, read, takeOver } from "./transfer.js";

const LESSONS = __LESSONS__; // {"02_parameters": ["2.1", …], …}

function badge(holder, text, label, done) {
  let mark = holder.querySelector(":scope > .cell__badge");
  if (!text) return mark?.remove();
  if (!mark) {
    mark = document.createElement("span");
    mark.className = "cell__badge";
    holder.append(mark);
  }
  if (mark.title !== label || mark.textContent !== text) {
    mark.textContent = text;
    mark.title = label;
  }
  mark.classList.toggle("cell__badge--done", done);
}

export function showProgress() {
  document.querySelectorAll(".exercise[data-in-page]").forEach((block) => {
    const solved = isSolved(block.dataset.exercise);
    const heading = block.querySelector("h2, h3, h4");
    if (heading) badge(heading, solved ? "✓ passed" : "", "Passed in this browser", true);
  });
  const counts = new Map(Object.entries(LESSONS).map(([slug, numbers]) => [slug, [numbers.filter(isSolved).length, numbers.length]]));
  document.querySelectorAll(".md-nav a[href], .md-content a[data-lesson], .md-content .parts a[href]").forEach((link) => {
    const slug = /\/lessons\/([^/]+)\/$/.exec(new URL(link.href).pathname)?.[1];
    if (!counts.has(slug) || new URL(link.href).hash) return;
    const [done, all] = counts.get(slug);
    badge(link, done ? `${done}/${all}` : "", `${done} of ${all} exercises passed in this browser`, done === all);
  });
}

function button(text, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "md-button";
  made.textContent = text;
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
  const sum = document.createElement("p");
  sum.className = "cell__sum";
  const status = document.createElement("div");
  status.className = "cell__status";
  status.setAttribute("role", "status");
  const chosen = document.createElement("input");
  Object.assign(chosen, { type: "file", accept: ".json,application/json", hidden: true });
  chosen.addEventListener("change", () => bringIn(chosen, status, numbers));
  const buttons = document.createElement("div");
  buttons.className = "cell__buttons";
  buttons.append(button("Export", () => save(numbers)), button("Import", () => chosen.click()));
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
      status.replaceChildren(`${entries.size} exercises were taken over. `, undo);
    };
    if (!different.length) return take();
    const leave = button("Leave all as it is", () => (status.textContent = "Nothing was changed."));
    const text = `The file holds other code than this browser for ${different.join(", ")}. Yours is kept if you take it over. `;
    status.replaceChildren(text, button("Take it over", take), " ", leave);
  } catch (error) {
    status.textContent = error.message;
  }
}
