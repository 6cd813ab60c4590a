// What every page has: keys, the list of keys, live fragments, times in the reader's zone. Without it all pages still work.

const GO_MILLISECONDS = 1200;
const handlers = new Map();
let goUntil = 0;

export function key(name, handle) { handlers.set(name, handle); }

export function tell(text, isBad = false) {
  const notice = document.getElementById("notice");
  notice.className = isBad ? "bad" : "";
  notice.textContent = text;
}

export function typing(target) {
  return target instanceof Element && (target.isContentEditable || target.closest("textarea, select, [contenteditable]") !== null
    || (target.matches("input") && !["checkbox", "radio", "button", "submit"].includes(target.type)));
}

export function dressTimes(root = document) {
  for (const time of root.querySelectorAll("time[datetime]")) {
    const at = new Date(time.dateTime);
    if (!Number.isNaN(at.valueOf())) time.title = at.toLocaleString();
  }
}

function showHelp() {
  const help = document.getElementById("help");
  if (!help.open) help.showModal();
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || document.querySelector("dialog[open]")) return;
  if (event.key === "Escape" && typing(event.target)) { event.target.blur(); return; }
  const chord = `${event.ctrlKey || event.metaKey ? "Ctrl+" : ""}${event.altKey ? "Alt+" : ""}${event.key}`;
  if (typing(event.target) && chord !== "Ctrl+Enter") return;
  if (Date.now() < goUntil) {
    goUntil = 0;
    const link = document.querySelector(`[data-go="${CSS.escape(event.key)}"]`);
    if (link) { event.preventDefault(); location.assign(link.href); }
    return;
  }
  const handle = handlers.get(chord);
  if (handle) { if (handle(event) !== false) event.preventDefault(); return; }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "?") { event.preventDefault(); showHelp(); }
  else if (event.key === "g") goUntil = Date.now() + GO_MILLISECONDS;
  else if (event.key === "/") {
    const field = document.querySelector(".filter input, .filter select");
    if (field) { event.preventDefault(); field.focus(); }
  }
});

document.addEventListener("click", (event) => {
  if (event.target instanceof Element && event.target.closest("[data-help]")) showHelp();
});

document.addEventListener("submit", (event) => {
  const question = event.submitter?.dataset.confirm ?? event.target.dataset.confirm;
  if (question && !window.confirm(question)) event.preventDefault();
});

// One stream a page, closed while the page is not seen: a browser has six connections to a host in all.
let source = null;

function follow() {
  const address = document.body.dataset.stream;
  if (!address || source || document.hidden) return;
  source = new EventSource(address);
  for (const part of document.querySelectorAll("[data-live]")) {
    source.addEventListener(part.dataset.live, (event) => swap(part, JSON.parse(event.data)));
  }
}

function swap(part, html) {
  const used = document.activeElement;
  if (used && part.contains(used) && typing(used)) return;
  const scrolled = [...part.querySelectorAll(".scroll")].map((box) => box.scrollLeft);
  const open = [...part.querySelectorAll("details")].map((one) => one.open);
  const place = used && part.contains(used) ? [...part.querySelectorAll("a, button, [tabindex]")].indexOf(used) : -1;
  part.innerHTML = html;
  part.querySelectorAll(".scroll").forEach((box, at) => { box.scrollLeft = scrolled[at] ?? 0; });
  part.querySelectorAll("details").forEach((one, at) => { one.open = open[at] ?? one.open; });
  if (place >= 0) part.querySelectorAll("a, button, [tabindex]")[place]?.focus();
  dressTimes(part);
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) { source?.close(); source = null; } else follow();
});
window.addEventListener("pagehide", () => { source?.close(); source = null; });
window.addEventListener("pageshow", follow);

dressTimes();
follow();
