// What was written and reached, in the browser's local storage: one entry for each exercise.
// {file: the whole file, head: how many characters of it are the task, good: the file that passed here, said: the file
// of which an import says that it passed, hints: rungs shown}

const PREFIX = "course:exercise:";
export const CHANGED = "course:changed";

export function load(number) {
  try {
    const record = JSON.parse(localStorage.getItem(PREFIX + number) ?? "{}");
    return record && typeof record === "object" ? record : {};
  } catch {
    return {};
  }
}

/** Change some of a record. Returns whether it could be kept. */
export function save(number, changes) {
  try {
    localStorage.setItem(PREFIX + number, JSON.stringify({ ...load(number), ...changes }));
  } catch {
    return false; // full, or forbidden by the reader
  }
  dispatchEvent(new CustomEvent(CHANGED, { detail: number }));
  return true;
}

/** Whether the file, as it is now, passed elsewhere, as an import says: nobody has checked it here. */
export function isSaid(number) {
  const { file, said } = load(number);
  return typeof said === "string" && said === file && !isSolved(number);
}

/** Whether the file, as it is now, is the one that passed. */
export function isSolved(number) {
  const { file, good } = load(number);
  return typeof good === "string" && good === file;
}
