// One item by keyboard: the decision is sent behind the reviewer's back, and the next item is there already.
import { key, tell, typing, dressTimes } from "../panel.js";

const AHEAD = 3;
const pages = new Map();
let sending = Promise.resolve();
let unsent = 0;

const main = () => document.getElementById("main");
const one = (selector) => main().querySelector(selector);

function fetchPage(address) {
  if (!pages.has(address)) {
    const got = fetch(address, { headers: { Accept: "text/html" }, credentials: "same-origin" })
      .then((answer) => (answer.ok && new URL(answer.url).pathname.startsWith("/panel/corrections/review") ? answer.text() : null))
      .catch(() => null);
    pages.set(address, got);
  }
  return pages.get(address);
}

function prefetch() {
  for (const link of [...main().querySelectorAll("[data-following]")].slice(0, AHEAD)) fetchPage(link.href);
}

async function show(address, { fresh = false, push = true } = {}) {
  if (fresh) pages.delete(address);
  const html = await fetchPage(address);
  pages.delete(address);
  if (html === null) { location.assign(address); return; }
  const next = new DOMParser().parseFromString(html, "text/html");
  if (!next.querySelector("[data-item]")) { location.assign(address); return; }
  main().replaceWith(document.adoptNode(next.getElementById("main")));
  document.title = next.title;
  if (push) history.pushState(null, "", address);
  window.scrollTo(0, 0);
  dress();
}

function dress() {
  dressTimes(main());
  for (const box of main().querySelectorAll("input[name=change]")) {
    box.addEventListener("change", () => paint(box));
  }
  for (const form of main().querySelectorAll("form[method=post]")) form.addEventListener("submit", decide);
  main().focus({ preventScroll: true });
  prefetch();
}

function paint(box) {
  for (const mark of main().querySelectorAll(`[data-change="${CSS.escape(box.value)}"]`)) mark.classList.toggle("off", !box.checked);
}

function decide(event) {
  event.preventDefault();
  const form = event.target;
  const body = new FormData(form);
  const isUndo = form.id === "undo";
  const here = location.href;
  const next = one("#next")?.href ?? one("#list").href;
  unsent += 1;
  sending = sending.then(() => send(form.action, body, here, isUndo)).finally(() => { unsent -= 1; });
  if (!isUndo) {
    if (one("#next")) show(next);
    else sending.then((ended) => { if (ended) location.assign(next); });
  }
}

async function send(action, body, here, isUndo) {
  let problem = "the server does not answer";
  try {
    const answer = await fetch(action, {
      method: "POST", body: new URLSearchParams(body), headers: { Accept: "application/json" }, credentials: "same-origin",
    });
    const found = await answer.json();
    if (answer.ok) {
      tell(found.message);
      if (isUndo) await show(new URL(found.next, location.href).href, { fresh: true });
      return true;
    }
    problem = found.detail ?? `status ${answer.status}`;
  } catch { /* reported below: the network is away, or the answer is no JSON */ }
  tell(`Not done: ${problem}`, true);
  if (!isUndo) {
    await show(here, { fresh: true });
    const text = body.get("text");
    if (text !== null && one("#text")) { one("#edit").open = true; one("#text").value = text; }
  }
  return false;
}

function submit(form) { form?.requestSubmit(); return Boolean(form); }

function moveCursor(step) {
  const changes = [...main().querySelectorAll(".changes li")];
  const at = changes.findIndex((change) => change.classList.contains("cursor"));
  if (!changes.length) return;
  changes[at]?.classList.remove("cursor");
  const to = changes[Math.max(0, Math.min(changes.length - 1, at + step))];
  to.classList.add("cursor");
  to.scrollIntoView({ block: "nearest" });
}

function toggle(event) {
  if (event.target instanceof Element && event.target.closest("input, button, summary, a")) return false;
  const box = one(".changes li.cursor input") ?? one(".changes li input");
  if (!box || box.disabled) return false;
  box.checked = !box.checked;
  paint(box);
  return true;
}

function openReject() {
  const reject = one("#reject");
  if (!reject) return false;
  reject.open = !reject.open;
  if (reject.open) reject.querySelector("button").focus();
  return true;
}

function openEdit() {
  const edit = one("#edit");
  if (!edit) return false;
  edit.open = true;
  one("#text").focus();
  return true;
}

key("a", () => submit(one("#accept")));
key("r", openReject);
key("e", openEdit);
key("u", () => submit(one("#undo")));
key("j", () => { const link = one("#next"); if (link) show(link.href); else tell("This is the last one of the filter."); });
key("k", () => { const link = one("#previous"); if (link) show(link.href); else tell("This is the first one of the filter."); });
key("l", () => location.assign(one("#list").href));
key("n", () => moveCursor(1));
key("p", () => moveCursor(-1));
key(" ", toggle);
key("Ctrl+Enter", () => (one("#edit")?.open ? submit(one("#edit form")) : false));
for (let digit = 0; digit <= 9; digit += 1) {
  key(String(digit), () => {
    const reject = one("#reject");
    if (!reject?.open) return false;
    const choices = [...reject.querySelectorAll("input[type=radio]")];
    (digit === 0 ? choices.at(-1) : choices[digit - 1]).checked = true;
    return submit(reject.querySelector("form"));
  });
}
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || typing(event.target)) return;
  for (const details of main().querySelectorAll("details[open]")) details.open = false;
});
window.addEventListener("popstate", () => show(location.href, { fresh: true, push: false }));
window.addEventListener("beforeunload", (event) => { if (unsent) event.preventDefault(); });
dress();
