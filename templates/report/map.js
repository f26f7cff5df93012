// The service map: a threshold on the arrows, and focus on one service, by mouse and by keyboard.
const chart = byId("service-map");
if (chart) {
  const arrows = every(".arrow", chart), nodes = every(".node", chart);
  const slider = byId("threshold"), status = byId("map-status"), idle = status.textContent;

  slider.addEventListener("input", () => {
    byId("threshold-value").textContent = slider.value;
    for (const arrow of arrows) arrow.classList.toggle("beyond", Number(arrow.dataset.rank) > Number(slider.value));
  });

  const focusOn = (node) => {
    const chosen = node.dataset.service, near = new Set([chosen]);
    let needs = 0, neededBy = 0;
    for (const arrow of arrows) {
      const { consumer, provider } = arrow.dataset;
      const touching = consumer === chosen || provider === chosen;
      arrow.classList.toggle("touching", touching);
      if (!touching) continue;
      near.add(consumer).add(provider);
      needs += consumer === chosen;
      neededBy += provider === chosen;
    }
    for (const other of nodes) {
      other.classList.toggle("near", near.has(other.dataset.service));
      other.classList.toggle("chosen", other === node);
    }
    chart.classList.add("focused");
    const card = made("a", "its card"), evidence = made("a", "its boundaries"), clear = made("button", "Show all");
    card.href = node.getAttribute("href");
    evidence.href = "#boundaries";
    clear.type = "button";
    clear.addEventListener("click", release);
    status.replaceChildren(made("b", node.dataset.name), ` needs ${needs} and is needed by ${neededBy}. See `, card, " or ", evidence, ". ", clear);
    focusName = node.dataset.name;
    filterBoundaries();
  };
  const release = () => {
    if (!chart.classList.contains("focused")) return;
    chart.classList.remove("focused");
    status.textContent = idle;
    focusName = "";
    filterBoundaries();
  };
  for (const node of nodes) {
    node.addEventListener("click", (event) => {
      event.preventDefault();
      event.stopPropagation();
      if (node.classList.contains("chosen") && chart.classList.contains("focused")) release(); else focusOn(node);
    });
  }
  chart.addEventListener("click", release);
  document.addEventListener("filters-cleared", release);
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") release(); });
}
