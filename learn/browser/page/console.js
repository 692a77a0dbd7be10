// Requests to the reader's own app, which runs in the worker for as long as its code stays the same.
import { element } from "./dom.js";
import { part, showTrouble, stopped, where } from "./verdict.js";

const LIMIT = 2; // seconds for a request, beyond which the worker gets its usual time before it is ended
const PLACES = { path: "Path", query: "Query", header: "Headers", cookie: "Cookies" };

const keyOf = ({ method, path }) => `${method} ${path}`;
const given = ({ field, input }) => (field.many ? input.value.split("\n") : [input.value]).filter((value) => value !== "");

/** The request that the form describes, as the worker wants it. */
export function requestOf(operation, inputs, body) {
  let { path } = operation;
  const query = new URLSearchParams();
  const headers = [];
  const cookies = [];
  for (const one of inputs) {
    for (const value of given(one)) {
      if (one.field.in === "path") path = path.replace(`{${one.field.name}}`, encodeURIComponent(value).replaceAll("%2F", "/"));
      else if (one.field.in === "query") query.append(one.field.name, value);
      else if (one.field.in === "cookie") cookies.push(`${one.field.name}=${value}`);
      else headers.push([one.field.name, value.trim()]);
    }
  }
  if (cookies.length) headers.push(["cookie", cookies.join("; ")]);
  if (body) headers.push(["content-type", operation.body.type]);
  return { method: operation.method, path: query.size ? `${path}?${query}` : path, headers, body: body || null };
}

/** Build the console below `above`. `code` gives the file as it stands; `onbroken` hears the line that does not load. */
export function makeConsole({ above, number, about, base, python: { Stopped, call, PATIENCE }, code, onbroken }) {
  const select = element("select", { class: "console__select" });
  const fields = element("div", { class: "console__fields" });
  const again = element("button", { type: "button", class: "md-button" }, "Restart the app");
  const buttons = element("div", { class: "cell__buttons" }, element("button", { type: "submit", class: "md-button md-button--primary" }, "Send"), again);
  const form = element("form", {}, element("label", { class: "console__label" }, element("span", {}, "Operation"), select), fields, buttons);
  const status = element("div", { class: "cell__status", role: "status" });
  const result = element("div", { class: "cell__result", role: "region", tabindex: "-1", "aria-label": `Answer of your app, exercise ${number}` });
  const lead = element("p", { class: "console__lead" }, "Your app, as it stands in the editor, runs in this page. What it keeps lives until you change its code.");
  const place = element("section", { class: "console", "aria-label": `Requests to your app, exercise ${number}` }, lead, form, status, result);
  place.hidden = result.hidden = form.hidden = true;
  above.after(place);

  const typed = new Map(); // what the reader wrote, for each operation and field
  let operations = [];
  let inputs = [];
  let body;
  let seen; // the code that the operations are from
  let alive = false; // whether an app of that code was running when we last heard
  let turn = Promise.resolve(); // one thing after the other
  const inTurn = (job) => (turn = turn.then(job));

  const chosen = () => operations.find((one) => keyOf(one) === select.value);

  /** Keep in mind what the reader writes into `input`. */
  function remembered(input, name, before) {
    const key = `${select.value} ${name}`;
    input.value = typed.get(key) ?? before;
    input.addEventListener("input", () => typed.set(key, input.value));
    return input;
  }

  function fieldFor(field, index) {
    const input = element(field.many ? "textarea" : "input", { class: "console__input", autocomplete: "off", autocapitalize: "off", spellcheck: "false" });
    if (field.many) input.rows = 2;
    input.required = field.in === "path"; // without it, it would be another path
    const label = element("label", { class: "console__label" }, element("span", {}, field.name, field.required ? " (required)" : "", ` `, element("small", {}, field.about + (field.many ? ", one on each line" : ""))), input);
    if (field.choices.length && !field.many) {
      const list = element("datalist", { id: `choices-${number}-${index}` }, ...field.choices.map((value) => element("option", { value })));
      input.setAttribute("list", list.id);
      label.append(list);
    }
    inputs.push({ field, input: remembered(input, `${field.in} ${field.name}`, field.example) });
    return label;
  }

  function bodyFor({ type, value, required, optional }) {
    const json = /\bjson\b/.test(type);
    body = element("textarea", { class: "console__input console__body", rows: "6", autocapitalize: "off", spellcheck: "false" });
    remembered(body, "body", json ? JSON.stringify(value, null, 2) : typeof value === "string" ? value : "");
    body.rows = Math.min(14, Math.max(4, body.value.split("\n").length + 1));
    const names = [required.length && `required: ${required.join(", ")}`, optional.length && `optional: ${optional.join(", ")}`].filter(Boolean);
    return element("label", { class: "console__label" }, element("span", {}, json ? "Body, JSON " : `Body, ${type} `, element("small", {}, names.join("; "))), body);
  }

  function showFields() {
    const operation = chosen();
    inputs = [];
    body = undefined;
    fields.replaceChildren();
    if (!operation) return;
    for (const [where, title] of Object.entries(PLACES)) {
      const here = operation.fields.filter((field) => field.in === where);
      if (here.length) fields.append(element("fieldset", {}, element("legend", {}, title), ...here.map((field) => fieldFor(field, inputs.length))));
    }
    if (operation.body) fields.append(bodyFor(operation.body));
  }

  function showOperations(found) {
    if (JSON.stringify(found) === JSON.stringify(operations)) return;
    const before = chosen();
    operations = found;
    select.replaceChildren(...found.map((one) => element("option", { value: keyOf(one) }, `${keyOf(one)}  ·  ${one.summary}`)));
    if (before && found.some((one) => keyOf(one) === keyOf(before))) select.value = keyOf(before);
    if (JSON.stringify(chosen()) !== JSON.stringify(before)) showFields(); // else the reader may be writing in them
  }

  /** Ask the worker. Returns its answer, what was printed meanwhile, and what to say about the app; or nothing. */
  async function ask(name, ...more) {
    const text = code();
    const changed = seen !== undefined && text !== seen;
    const printed = [];
    const limit = name === "send" ? LIMIT : about.limit; // to start takes longer, most of all the first time
    place.classList.add("cell--busy");
    try {
      const onprogress = (doing) => (status.textContent = doing || "Asking the app …");
      const answer = await call(base, `console.${name}`, [number, text, ...more], { limit, onprogress, onoutput: (line) => printed.push(line) });
      const lost = answer.started && alive && !changed && !(name === "listed" && more[0]);
      seen = text;
      alive = !answer.verdict;
      status.textContent = lost ? "The app was started again: what it had kept is gone. " : answer.started && changed ? "The app was started with your changes. " : "";
      if (answer.operations) showOperations(answer.operations);
      form.hidden = !operations.length;
      if (answer.verdict) trouble(answer.verdict, printed);
      return { answer, printed };
    } catch (error) {
      alive = false;
      if (error instanceof Stopped) {
        trouble(stopped(number, { ...about, limit: limit + PATIENCE }, "the app does not answer"), printed);
        status.textContent = "The app was stopped, and what it had kept is gone. Change it, and try again.";
      } else status.textContent = `Python did not answer (${error.message}). Try again.`;
      return undefined;
    } finally {
      place.classList.remove("cell--busy");
    }
  }

  function trouble(verdict, printed) {
    const line = showTrouble(result, verdict, about);
    result.append(...spoken(printed));
    if (line) onbroken(line);
  }

  const spoken = (printed) => (printed.length ? [part("p", "test", "Your code printed:"), part("pre", "story", printed.join("\n"))] : []);

  function showAnswer({ response, raised }, request, printed) {
    const { status: number, reason, headers, body: text } = response;
    result.dataset.status = number < 400 ? "passed" : "answered";
    const line = [request.method, request.path].join(" ");
    result.replaceChildren(part("p", "headline", part("strong", "", `${number} ${reason}`), " ", part("code", "request", line)));
    if (raised) result.append(part("pre", "story", part("span", "got", raised.message)), ...where(raised, about));
    result.append(part("pre", "headers", headers.map((pair) => pair.join(": ")).join("\n")));
    result.append(text ? element("pre", { class: "console__answer", tabindex: "0" }, text) : part("p", "count", "No body."));
    result.append(...spoken(printed));
    result.hidden = false;
    status.textContent += `The app answered ${number} ${reason}.`;
  }

  async function list(anew = false) {
    const heard = await ask("listed", anew);
    if (!heard || heard.answer.verdict) return;
    result.hidden = true;
    result.replaceChildren(...spoken(heard.printed));
    if (heard.printed.length) result.hidden = false;
    if (anew) status.textContent = "The app was started again.";
    if (!operations.length) status.textContent = "The app has no operations yet.";
  }

  async function send() {
    if (code() !== seen) await ask("listed", false); // the form may be another now
    const operation = chosen();
    if (!operation || !form.reportValidity()) return;
    const request = requestOf(operation, inputs, body?.value.trim());
    const heard = await ask("send", JSON.stringify(request));
    if (heard?.answer.response) showAnswer(heard.answer, request, heard.printed);
  }

  select.addEventListener("change", showFields);
  again.addEventListener("click", () => inTurn(() => list(true)));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    inTurn(send);
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });

  return {
    /** Open or close. */
    async toggle() {
      place.hidden = !place.hidden;
      if (place.hidden) return false;
      await inTurn(list);
      (form.hidden ? result : select).focus();
      return true;
    },
    /** Follow the code, if it has changed. */
    follow: () => place.hidden || code() === seen || inTurn(() => code() === seen || list()),
  };
}
