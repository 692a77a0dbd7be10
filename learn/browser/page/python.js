// The page's side of the worker: one for the whole page, made when first wanted, ended when it does not answer.

export const PATIENCE = 4; // seconds beyond a test's own limit, after which the worker is ended from outside
const FULL = 500e6; // bytes of memory, after which a new worker takes over
const FIRST = "Fetching Python …";

let worker;
let progress = FIRST; // what the worker is doing until it is ready; then empty
let calls = new Map();
let ids = 0;

/** The program was ended because it did not finish; `test` is the test it was in. */
export class Stopped extends Error {
  constructor(test) {
    super("the program did not finish");
    this.test = test;
  }
}

/** Begin to load Python, if that has not begun. */
export function warm(base) {
  if (worker) return;
  const made = new Worker(new URL("worker.js", base), { type: "module" });
  worker = made;
  worker.onerror = (event) => end(new Error(event.message || "its worker did not start"));
  worker.onmessage = ({ data }) => {
    if (made !== worker) return; // it was ended, and this was still on its way
    if (data.failed) end(new Error(data.failed));
    else if ("progress" in data) {
      progress = data.progress;
      calls.forEach((one) => one.onprogress(progress));
    } else if ("spoiled" in data) {
      if (data.spoiled || data.heap > FULL) renew(base);
    } else calls.get(data.id)?.receive(data);
  };
}

/** End the worker; whoever waits for it hears `error`. The next call makes a new one. */
function end(error) {
  worker?.terminate();
  worker = undefined;
  progress = FIRST;
  const waiting = [...calls.values()];
  calls = new Map();
  waiting.forEach((one) => one.reject(error));
}

/** A fresh worker takes over where a program has spoiled the old one, or has left it too large. */
function renew(base) {
  worker.terminate();
  worker = undefined;
  progress = FIRST;
  warm(base);
  calls.forEach((one) => one.send()); // what came meanwhile
}

/** Stop whatever runs. */
export function stop() {
  end(new Stopped(""));
}

/** Call a function of the runtime. `limit` is in seconds, and begins anew with each test. */
export function call(base, name, args, { limit = 5, onprogress = () => {}, onoutput = () => {} } = {}) {
  warm(base);
  const id = ++ids;
  let timer;
  onprogress(progress);
  return new Promise((resolve, reject) => {
    const receive = (data) => {
      if ("test" in data) {
        clearTimeout(timer);
        timer = setTimeout(() => end(new Stopped(data.test)), (limit + PATIENCE) * 1000);
      } else if ("output" in data) onoutput(data.output);
      else if ("error" in data) reject(new Error(data.error));
      else resolve(data.answer);
    };
    const send = () => {
      clearTimeout(timer);
      worker.postMessage({ id, call: name, args });
    };
    calls.set(id, { receive, reject, onprogress, send });
    send();
  }).finally(() => {
    clearTimeout(timer);
    calls.delete(id);
  });
}
