// Shows what was reached: at each exercise, at each link to a lesson, and where a page asks for it.
import { isSolved } from "./store.js";

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
