// The file that carries work between browsers and the terminal; learn/desk/transfer.py says what is in it.
// A file from elsewhere is not trusted: only known exercises, only text, never markup, never code that runs by itself.
import { isSolved, load, save } from "./store.js";

const COURSE = "ai-deployment-mastery";
const VERSION = 1;
const LARGEST = 8 * 2 ** 20;
const LARGEST_FILE = 256 * 2 ** 10;
const COPIES = "course:before-import";

export function exported(numbers) {
  const exercises = {};
  for (const number of numbers) {
    const { file, hints } = load(number);
    if (typeof file === "string") exercises[number] = { file, passed: isSolved(number), hints: Number.isInteger(hints) ? hints : 0 };
  }
  return JSON.stringify({ course: COURSE, version: VERSION, exercises }, null, 1) + "\n";
}

/** The sound entries of a file's text, or an error that says what is wrong with it. */
export function read(text, numbers) {
  if (text.length > LARGEST) throw new Error("This file is larger than any export of this course.");
  let data;
  try {
    data = JSON.parse(text);
  } catch {
    throw new Error("This file is not an export of this course.");
  }
  if (data?.course !== COURSE || typeof data.exercises !== "object" || !data.exercises) throw new Error("This file is not an export of this course.");
  if (data.version !== VERSION) throw new Error("This file was made by another version of the course.");
  const entries = new Map();
  for (const number of numbers) {
    if (!Object.hasOwn(data.exercises, number)) continue;
    const { file, passed, hints } = data.exercises[number] ?? {};
    if (typeof file !== "string" || file.length > LARGEST_FILE || file.includes("\0") || !file.isWellFormed()) {
      throw new Error(`This file holds no program for exercise ${number}.`);
    }
    entries.set(number, { file, passed: passed === true, hints: Number.isInteger(hints) ? Math.min(Math.max(hints, 0), 9) : 0 });
  }
  return entries;
}

/** The exercises whose own text the entries would replace. */
export const conflicts = (entries) =>
  [...entries].filter(([number, { file }]) => ![undefined, file].includes(load(number).file)).map(([number]) => number);

/** Take the entries over. What they replace is kept, for `bringBack`. */
export function takeOver(entries) {
  const before = {};
  for (const number of entries.keys()) before[number] = load(number);
  localStorage.setItem(COPIES, JSON.stringify(before)); // throws where there is no room: then nothing has changed
  for (const [number, { file, passed, hints }] of entries) {
    save(number, { file, head: headOf(file), said: passed ? file : undefined, hints }); // passed is what the file says, until it is checked
  }
}

/** Undo the last import. */
export function bringBack() {
  const before = JSON.parse(localStorage.getItem(COPIES) ?? "{}");
  for (const [number, record] of Object.entries(before)) {
    save(number, { file: undefined, head: undefined, good: undefined, said: undefined, hints: undefined, ...record });
  }
  localStorage.removeItem(COPIES);
}

/** How many characters of a file are its first docstring and the blank lines below: what the page shows as the task. */
function headOf(file) {
  return /^"""[^]*?"""\n+/.exec(file)?.[0].length ?? 0;
}
