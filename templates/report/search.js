// Search over all that has a name: what starts with the words first, then what holds them.
const box = byId("search"), list = byId("hits"), LIMIT = 40;
let index = null, selected = -1;

/** Rows [kind, text, detail, anchor, lower-case text], made at the first use. */
function searchIndex() {
  if (index) return index;
  index = data.named.map(([kind, text, detail, anchor]) => [kind, text, detail, anchor, text.toLowerCase()]);
  for (const [module, path, rows] of data.members) {
    for (const [name, line, label] of rows) {
      const text = name ? `${module}.${name}` : module, [title, anchor] = data.labels[label];
      index.push(["code", text, `${title} · ${path}:${line}`, anchor, text.toLowerCase()]);
    }
  }
  return index;
}

function found(query) {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const hits = [];
  for (const row of searchIndex()) {
    if (!words.every((word) => row[4].includes(word) || row[0].startsWith(word))) continue;
    const at = row[4].indexOf(words[0]);
    const starts = at === 0 || (at > 0 && /[^a-z0-9]/.test(row[4][at - 1]));
    hits.push([(row[0] === "code" ? 2 : 0) + (starts ? 0 : 1), row[1].length, row]);
  }
  hits.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  return hits.map((hit) => hit[2]);
}

function marked(text, word) {
  const line = made("span"), at = text.toLowerCase().indexOf(word.toLowerCase());
  if (at < 0) return made("span", text);
  line.append(text.slice(0, at), made("mark", text.slice(at, at + word.length)), text.slice(at + word.length));
  return line;
}

function offer() {
  const query = box.value.trim();
  selected = -1;
  box.removeAttribute("aria-activedescendant");
  list.hidden = !query;
  box.setAttribute("aria-expanded", String(Boolean(query)));
  if (!query) return;
  const hits = found(query);
  list.replaceChildren(...hits.slice(0, LIMIT).map((row, number) => option(row, number, query.split(/\s+/)[0])));
  if (!hits.length) list.append(made("div", "Nothing on this page has that name.", "none"));
  if (hits.length > LIMIT) list.append(made("div", `and ${hits.length - LIMIT} more: type on`, "none"));
}
function option([kind, text, detail, anchor], number, word) {
  const hit = made("div", "", "hit"), name = made("code");
  hit.id = `hit-${number}`;
  hit.setAttribute("role", "option");
  hit.setAttribute("aria-selected", "false");
  hit.dataset.anchor = anchor;
  name.append(marked(text, word));
  hit.append(made("span", kind, "kind"), name, made("span", detail, "detail"));
  hit.addEventListener("pointerdown", (event) => { event.preventDefault(); go(hit); });
  return hit;
}
function close() {
  list.hidden = true;
  box.setAttribute("aria-expanded", "false");
}
function go(hit) {
  close();
  box.blur();
  if (location.hash === `#${hit.dataset.anchor}`) reveal(hit.dataset.anchor);
  else location.hash = hit.dataset.anchor;
}
function move(step) {
  const hits = every(".hit", list);
  if (!hits.length) return;
  hits[selected]?.setAttribute("aria-selected", "false");
  selected = (selected + step + hits.length + (selected < 0 && step < 0 ? 1 : 0)) % hits.length;
  hits[selected].setAttribute("aria-selected", "true");
  hits[selected].scrollIntoView({ block: "nearest" });
  box.setAttribute("aria-activedescendant", hits[selected].id);
}
box.addEventListener("input", offer);
box.addEventListener("focus", offer);
box.addEventListener("blur", close);
box.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown" || event.key === "ArrowUp") { event.preventDefault(); move(event.key === "ArrowDown" ? 1 : -1); }
  else if (event.key === "Enter") { const hits = every(".hit", list); if (hits.length) go(hits[Math.max(selected, 0)]); }
  else if (event.key === "Escape") { close(); box.blur(); event.stopPropagation(); }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (/^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName)) return;
  event.preventDefault();
  box.focus();
});
if (location.hash) reveal(targetOfHash());
