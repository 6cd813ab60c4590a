// The reviewer's list by keyboard.
import { key } from "../panel.js";

const rows = [...document.querySelectorAll("#items tbody tr")];
let here = -1;

function go(to) {
  if (!rows.length) return;
  rows[here]?.classList.remove("here");
  here = Math.max(0, Math.min(rows.length - 1, to));
  rows[here].classList.add("here");
  rows[here].querySelector("a").focus({ preventScroll: true });
  rows[here].scrollIntoView({ block: "nearest" });
}

function press(id) {
  const button = document.querySelector(`#${id} button`);
  if (!button) return false;
  button.click();
  return true;
}

function select(row) {
  const box = row?.querySelector("input[type=checkbox]");
  if (!box) return;
  box.checked = !box.checked;
  row.setAttribute("aria-selected", String(box.checked));
}

key("j", () => go(here + 1));
key("k", () => go(here - 1));
key("x", () => { if (here < 0) go(0); select(rows[here]); });
key("Enter", (event) => {
  if (event.target instanceof Element && event.target.closest("a, button, summary, input")) return false;
  rows[Math.max(here, 0)]?.querySelector("a")?.click();
});
key("a", () => {
  if (document.querySelector("#items input:checked")) press("selected");
  else if (rows.length) rows[Math.max(here, 0)].querySelector("a").click();
});
key("A", () => press("all"));
key("u", () => press("undo"));
for (const box of document.querySelectorAll("#items input[type=checkbox]")) {
  box.addEventListener("change", () => box.closest("tr").setAttribute("aria-selected", String(box.checked)));
}
