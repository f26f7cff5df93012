"use strict";
// The page is complete without this script; it adds finding, filtering and focus. Names of the analyzed
// program enter the document as text only (textContent), never as markup.
document.documentElement.classList.add("js");
const byId = (id) => document.getElementById(id);
const every = (selector, within = document) => Array.from(within.querySelectorAll(selector));
const data = JSON.parse(byId("embedded").textContent);

/** An element with text and classes. */
function made(tag, text = "", className = "") {
  const element = document.createElement(tag);
  element.textContent = text;
  if (className) element.className = className;
  return element;
}

/** Open what encloses the target of a link, and bring it into view. */
function reveal(id) {
  const target = byId(id);
  if (!target) return;
  for (let around = target; around; around = around.parentElement) {
    if (around.tagName === "DETAILS") around.open = true;
    if (around.classList.contains("filtered")) clearFilters();
  }
  target.scrollIntoView({ block: "start" });
}
const targetOfHash = () => {
  try { return decodeURIComponent(location.hash.slice(1)); } catch { return ""; }
};
window.addEventListener("hashchange", () => reveal(targetOfHash()));
document.addEventListener("click", (event) => {
  const link = event.target.closest('a[href^="#"]');
  if (link && link.getAttribute("href") === location.hash) reveal(targetOfHash());
});

/** Show or hide an element on behalf of a filter. */
function show(element, shown) {
  element.hidden = !shown;
  element.classList.toggle("filtered", !shown);
}

// Boundaries: filtered by consumer, provider, data, or the service chosen on the map.
const boundaryRows = every(".boundary");
let focusName = "";
function filterBoundaries() {
  if (!boundaryRows.length) return;
  const consumer = byId("filter-consumer").value, provider = byId("filter-provider").value;
  const onlyData = byId("filter-data").checked;
  let count = 0;
  for (const row of boundaryRows) {
    const { consumer: from, provider: to } = row.dataset;
    const fits = (!consumer || from === consumer) && (!provider || to === provider) &&
      (!onlyData || "binds" in row.dataset) && (!focusName || from === focusName || to === focusName);
    show(row, fits);
    count += fits;
  }
  const filtered = Boolean(consumer || provider || onlyData || focusName);
  byId("boundary-count").textContent = filtered ? `${count} of ${boundaryRows.length}` : "";
  byId("boundary-clear").hidden = !filtered;
  byId("boundary-focus").hidden = !focusName;
  byId("boundary-focus").textContent = focusName ? `of ${focusName}` : "";
}
function clearFilters() {
  for (const id of ["filter-consumer", "filter-provider", "filter-question", "filter-service", "filter-entries"]) {
    if (byId(id)) byId(id).value = "";
  }
  for (const box of every('.filters input[type="checkbox"]')) box.checked = box.name === "severity";
  focusName = "";
  document.dispatchEvent(new Event("filters-cleared"));
  filterBoundaries(); filterFindings(); filterTables(); filterEntries();
}
for (const id of ["filter-consumer", "filter-provider", "filter-data"]) {
  byId(id)?.addEventListener("change", filterBoundaries);
}
byId("boundary-clear")?.addEventListener("click", clearFilters);

// More crossings of a boundary are unfolded from the embedded data when somebody asks.
for (const note of every("[data-more]")) {
  const rows = data.crossings[note.dataset.more];
  if (!rows) continue;
  const button = made("button", `Show ${rows.length} more`);
  button.type = "button";
  button.addEventListener("click", () => {
    const body = note.parentElement.querySelector(".crossings tbody");
    for (const row of rows) body.append(crossingRow(row));
    button.remove();
  });
  note.prepend(button, " ");
}
function crossingRow([kind, verb, source, target, confidence, sites, more]) {
  const row = made("tr"), first = made("td"), middle = made("td"), last = made("td");
  first.append(made("span", kind, "chip"), " ", made("span", confidence, "note"));
  middle.append(made("code", source), " ", made("span", verb, "verb"), " ", made("code", target));
  for (const site of sites) {
    const place = made("span", "", "place");
    place.append(made("code", site, "site"));
    last.append(place);
  }
  if (more) last.append(made("span", `and ${more} more`, "more"));
  row.append(first, middle, last);
  return row;
}

// Findings: by severity, question, service.
const findingRows = every(".finding");
function filterFindings() {
  if (!findingRows.length) return;
  const levels = new Set(every('input[name="severity"]').filter((box) => box.checked).map((box) => box.value));
  const question = byId("filter-question").value, service = byId("filter-service").value;
  let count = 0;
  for (const row of findingRows) {
    const fits = levels.has(row.dataset.severity) && (!question || row.dataset.question === question) &&
      (!service || row.dataset.services.split("\n").includes(service));
    show(row, fits);
    count += fits;
  }
  byId("finding-count").textContent = count < findingRows.length ? `${count} of ${findingRows.length}` : "";
}
byId("finding-filters")?.addEventListener("change", filterFindings);

// Tables that several services touch; entry points by what is typed.
function filterTables() {
  const box = byId("filter-tables");
  if (!box) return;
  for (const row of every("[data-touching]")) show(row, !box.checked || Number(row.dataset.touching) > 1);
}
byId("filter-tables")?.addEventListener("change", filterTables);
const entryRows = every(".entries tbody tr");
function filterEntries() {
  if (!entryRows.length) return;
  const wanted = byId("filter-entries").value.toLowerCase();
  let count = 0;
  for (const row of entryRows) {
    const fits = row.textContent.toLowerCase().includes(wanted);
    show(row, fits);
    count += fits;
  }
  byId("entry-count").textContent = wanted ? `${count} of ${entryRows.length}` : "";
}
byId("filter-entries")?.addEventListener("input", filterEntries);

// Tables sort by a click on a head.
for (const table of every("table[data-sortable]")) {
  every("thead th", table).forEach((head, column) => {
    const button = made("button", head.textContent, "sort");
    button.type = "button";
    head.replaceChildren(button);
    button.addEventListener("click", () => sortBy(table, head, column));
  });
}
function sortBy(table, head, column) {
  const numeric = head.classList.contains("number") || head.textContent === "Confidence";
  const known = head.getAttribute("aria-sort");
  const falling = known ? known === "ascending" : numeric;
  for (const other of every("th[aria-sort]", table)) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", falling ? "descending" : "ascending");
  const value = (row) => {
    const cell = row.children[column], text = cell.dataset.value ?? cell.textContent.trim();
    return numeric ? Number(text.replaceAll(",", "")) : text.toLowerCase();
  };
  const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
  const rows = every("tbody tr", table).map((row) => [value(row), row]);
  rows.sort((a, b) => compare(a[0], b[0]) * (falling ? -1 : 1));
  table.tBodies[0].append(...rows.map((pair) => pair[1]));
}

// The section in view is marked in the list of sections.
const links = new Map(every(".side a").map((link) => [link.getAttribute("href").slice(1), link]));
const inView = new Set();
const watcher = new IntersectionObserver((changes) => {
  for (const { target, isIntersecting } of changes) {
    if (isIntersecting) inView.add(target.id); else inView.delete(target.id);
  }
  const first = Array.from(links.keys()).find((id) => inView.has(id));
  for (const [id, link] of links) {
    if (id === first) link.setAttribute("aria-current", "true"); else link.removeAttribute("aria-current");
  }
}, { rootMargin: "-70px 0px -55% 0px" });
for (const section of every("main > section")) watcher.observe(section);

// On paper nothing can be opened.
window.addEventListener("beforeprint", () => {
  for (const fold of every("details:not([open])")) { fold.dataset.wasClosed = ""; fold.open = true; }
});
window.addEventListener("afterprint", () => {
  for (const fold of every("details[data-was-closed]")) { delete fold.dataset.wasClosed; fold.open = false; }
});
