// The check of a tool's schema while it is typed. Without it the form is checked when it is saved.

const WAIT_MILLISECONDS = 300;
const field = document.querySelector("[data-schema-check]");
const said = document.getElementById("schema-said");
let timer = 0;
let latest = 0;

async function check() {
  const number = ++latest;
  const body = new URLSearchParams({ input_schema: field.value, csrf: field.form.elements.namedItem("csrf")?.value ?? "" });
  let found;
  try {
    const answer = await fetch(field.dataset.schemaCheck, { method: "POST", body });
    if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
    found = await answer.json();
  } catch (fault) {
    found = { ok: false, text: `Not checked: ${fault.message}.`, refused_by: [] };
  }
  if (number !== latest) return;
  const by = found.ok || !found.refused_by?.length ? "" : ` Refused by: ${found.refused_by.join(", ")}.`;
  said.textContent = found.text + by;
  said.className = found.ok ? "good" : "bad";
  field.setAttribute("aria-invalid", String(!found.ok));
}

if (field && said) {
  field.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(check, WAIT_MILLISECONDS); });
  check();
}
