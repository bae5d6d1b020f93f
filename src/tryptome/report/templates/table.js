"use strict";
// Sorting and filtering of tables, and details of the map; the page is whole without it.
(() => {
  const valueOf = (row, column) => {
    const cell = row.cells[column];
    if (!cell) return null;
    if (cell.dataset.value !== undefined) return Number(cell.dataset.value);
    return cell.classList.contains("n") || cell.classList.contains("none")
      ? null : cell.textContent.trim();
  };
  const compare = (a, b) => typeof a === "number" && typeof b === "number"
    ? a - b : String(a).localeCompare(String(b), "en", { numeric: true });

  const sortable = (table) => {
    const body = table.tBodies[0];
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      if ("plain" in head.dataset) return;
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const keyed = [...body.rows].map((row) => [valueOf(row, column), row]);
        // Rows without a value stay last either way.
        keyed.sort(([a], [b]) => a === null || b === null
          ? (a === null) - (b === null) : (down ? -1 : 1) * compare(a, b));
        body.append(...keyed.map(([, row]) => row));
      });
    });
  };

  const filterable = (table) => {
    const rows = [...table.tBodies[0].rows];
    const texts = rows.map((row) => row.textContent.toLowerCase());
    const tools = document.createElement("p");
    tools.className = "tools";
    const label = document.createElement("label");
    const input = document.createElement("input");
    input.type = "search";
    input.autocomplete = "off";
    label.append(`Filter by ${table.dataset.filter} `, input);
    const shown = document.createElement("output");
    const update = () => {
      const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      let count = 0;
      rows.forEach((row, i) => {
        row.hidden = !words.every((word) => texts[i].includes(word));
        count += row.hidden ? 0 : 1;
      });
      shown.textContent = `${count} of ${rows.length} ${table.dataset.rows}`;
    };
    input.addEventListener("input", update);
    tools.append(label, shown);
    table.parentElement.before(tools);
    update();
  };

  // A flow of the map that is pointed at, or reached by keyboard, says its interval below the map.
  const detail = document.getElementById("map-detail");
  if (detail) {
    const hint = detail.textContent;
    document.querySelectorAll(".pathway .flow").forEach((flow) => {
      const tell = () => { detail.textContent = flow.getAttribute("aria-label"); };
      const hush = () => { detail.textContent = hint; };
      flow.addEventListener("pointerenter", tell);
      flow.addEventListener("focus", tell);
      flow.addEventListener("pointerleave", hush);
      flow.addEventListener("blur", hush);
    });
  }

  document.querySelectorAll("table[data-tools]").forEach((table) => {
    sortable(table);
    filterable(table);
  });
})();
