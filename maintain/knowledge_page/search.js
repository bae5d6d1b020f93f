"use strict";
// Search and browsing. Everything that is shown is set as text, never as markup.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const SHOWN = 40;
  const node = (tag, text, ...children) => {
    const made = document.createElement(tag);
    if (text) made.textContent = text;
    made.append(...children);
    return made;
  };
  const classed = (made, name) => { made.className = name; return made; };
  const spelled = (text) => text.toLowerCase().replace(/^(?:[dkpcofgst]__?|d_\d+__)/, "")
    .replace(/[[\]"']/g, "").replace(/[\s_]+/g, " ").trim();
  // Names are filed in lower case; the letters of GTDB's clades are capitals.
  const capital = (text) => text.replace(/[a-z]/, (letter) => letter.toUpperCase())
    .replace(/ [a-z]{1,2}(?= |$)/g, (letters) => letters.toUpperCase());

  const members = new Map();
  data.species.forEach(([name, genus, family], i) => {
    for (const group of [`s__${name}`, `g__${genus}`, `f__${family}`]) {
      if (!members.has(group)) members.set(group, []);
      members.get(group).push(i);
    }
  });
  const speciesOf = (taxon) => [...new Set(taxon.split("|").flatMap((part) => members.get(part)))];
  const conflicting = new Map();
  data.conflicts.forEach(([capability, source, species]) =>
    conflicting.set(`${capability} ${source}`, new Set(species)));
  const numberOf = new Map(data.taxa.map((taxon, i) => [taxon, i]));
  const keys = data.names.map(([name]) => spelled(name));

  // Names that start like the query come first, then those that hold it.
  const find = (query) => {
    const ranked = [[], [], []];
    keys.forEach((key, i) => {
      if (key === query) ranked[0].push(i);
      else if (key.startsWith(query)) ranked[1].push(i);
      else if (key.includes(query)) ranked[2].push(i);
    });
    return ranked.flat();
  };

  const button = (text, taxon, title) => {
    const made = classed(node("button", text), "name");
    made.type = "button";
    made.addEventListener("click", () => show(taxon, title || text));
    return made;
  };

  const strip = (mean, low, high) => {
    const SVG = "http://www.w3.org/2000/svg";
    const draw = (tag, attributes) => {
      const made = document.createElementNS(SVG, tag);
      Object.entries(attributes).forEach(([name, value]) => made.setAttribute(name, value));
      return made;
    };
    const x = (value) => 4 + value * 0.124;
    const picture = draw("svg", { viewBox: "0 0 132 16", class: "strip", "aria-hidden": "true" });
    picture.append(draw("path", { class: "z", d: "M4 4V12M128 4V12" }),
      draw("path", { class: "o", d: `M${x(low)} 8H${x(high)}` }),
      draw("circle", { cx: x(mean), cy: 8, r: 3.4 }));
    return picture;
  };
  // Nothing is certain: the ends of the scale are bounds.
  const percent = (perMille) => perMille === 0 ? "<0.1" : perMille === 1000 ? ">99.9" : perMille % 10 && (perMille < 100 || perMille > 900)
    ? (perMille / 10).toFixed(1) : (perMille / 10).toFixed(0);

  const interval = (low, high) => {
    if (low === 0 && high < 1000) return `below ${percent(Math.max(high, 1))} %`;
    if (high === 1000 && low > 0) return `above ${percent(Math.min(low, 999))} %`;
    return `${percent(low)}–${percent(high)} %`;
  };

  // Counts of each source over the species of a set; never over sources.
  const tally = (species) => {
    const sums = new Map();
    species.forEach((i) => {
      const row = data.counts[i];
      for (let at = 0; at < row.length; at += 4) {
        const key = `${row[at]} ${row[at + 1]}`;
        const sum = sums.get(key) || [0, 0];
        sums.set(key, [sum[0] + row[at + 2], sum[1] + row[at + 3]]);
      }
    });
    return sums;
  };

  const otherSources = (capability, base, sums, species) => {
    const cell = node("td");
    data.sources.forEach((source, s) => {
      const key = `${capability} ${s}`;
      if (source.name === base || !sums.has(key)) return;
      const [positives, genomes] = sums.get(key);
      const against = species.filter((i) => (conflicting.get(key) || new Set()).has(i));
      const line = node("div", `${source.name}: ${positives} of ${genomes}`);
      if (against.length) {
        const names = against.map((i) => data.species[i][0]);
        const shown = names.slice(0, 3).join(", ") + (names.length > 3 ? ` and ${names.length - 3} more` : "");
        line.append(classed(node("span", `, conflict on ${shown}`), "conflict"));
      }
      cell.append(line);
    });
    return cell;
  };

  const row = (capability, c, taxon, sums, species) => {
    const name = node("th", capability.title);
    name.scope = "row";
    const cell = data.posteriors[taxon][c];
    const base = sums.get(`${c} ${data.sources.findIndex((s) => s.name === capability.source)}`);
    const counts = classed(node("td", base ? `${base[0]} of ${base[1]}` : "–"), "n");
    const source = capability.source || (capability.derived_from ? `one minus ${capability.derived_from}` : "none");
    const others = otherSources(c, capability.source, sums, species);
    if (!Array.isArray(cell)) {
      const why = classed(node("td", `not assessable: ${data.reasons[cell]}`), "none");
      why.colSpan = 3;
      return node("tr", "", name, why, counts, node("td", source), others);
    }
    const [mean, low, high, level] = cell;
    const share = classed(node("td", `${percent(mean)} %`), "n");
    share.append(node("small", interval(low, high)));
    return node("tr", "", name, share, node("td", "", strip(mean, low, high)),
      node("td", data.levels[level]), counts, node("td", source), others);
  };

  const table = (taxon, species) => {
    const sums = tally(species);
    const heads = ["Capability", "Cells that have it", "", "Closest evidence",
      "Positive genomes", "Base source", "Other sources"].map((text) => node("th", text));
    heads.forEach((head) => { head.scope = "col"; });
    const body = node("tbody", "", ...data.capabilities.map((c, i) => row(c, i, taxon, sums, species)));
    const wide = classed(node("div", "",
      node("table", "", node("thead", "", node("tr", "", ...heads)), body)), "wide");
    wide.tabIndex = 0;
    wide.setAttribute("role", "region");
    wide.setAttribute("aria-label", "Capabilities");
    return wide;
  };

  const otherMeanings = (title, taxon) => {
    const lines = data.names.filter((entry, i) => keys[i] === spelled(title) && entry[3] !== taxon)
      .map(([name, nomenclature, rank, other]) => node("li",
        `${data.nomenclatures[nomenclature]}, ${data.ranks[rank]}: `,
        button(data.taxa[other].split("|").join(", "), other, capital(name))));
    return lines.length ? [node("h3", "Elsewhere the name means"), node("ul", "", ...lines)] : [];
  };

  const experiments = (species) => {
    const inside = new Set(species);
    const lines = data.statements.filter(([, , concerned]) => concerned.some((i) => inside.has(i)))
      .map(([text, article]) => node("li", `${text} (${article})`));
    return lines.length ? [node("h3", "What experiments say"), node("ul", "", ...lines)] : [];
  };

  const entry = document.getElementById("entry");
  const show = (taxon, title) => {
    const species = speciesOf(data.taxa[taxon]).sort((a, b) =>
      data.species[a][0].localeCompare(data.species[b][0], "en"));
    const names = classed(node("ul", "", ...species.map((i) => node("li", "",
      button(data.species[i][0], numberOf.get(`s__${data.species[i][0]}`))))), "species");
    const listed = node("details", "", node("summary", `${species.length} reference species`), names);
    listed.open = species.length <= 12;
    const others = data.names.filter(([, , , other]) => other === taxon)
      .map(([name, nomenclature]) => `${capital(name)} (${data.nomenclatures[nomenclature]})`);
    entry.replaceChildren(node("h2", title),
      node("p", "stands for "), node("p", others.length ? `Also called ${others.slice(0, 12).join(", ")}${others.length > 12 ? " …" : ""}.` : ""),
      listed, ...otherMeanings(title, taxon), table(taxon, species), ...experiments(species));
    entry.children[1].append(node("code", data.taxa[taxon].split("|").join(" | ")));
    entry.hidden = false;
    entry.scrollIntoView({ block: "start" });
    history.replaceState(null, "", `#${encodeURIComponent(data.taxa[taxon])}`);
  };

  const input = document.getElementById("search");
  const update = () => {
    const query = spelled(input.value);
    const found = query.length > 1 ? find(query) : [];
    document.getElementById("found").textContent = query.length > 1
      ? `${found.length} name${found.length === 1 ? "" : "s"}` : "";
    document.getElementById("results").replaceChildren(...found.slice(0, SHOWN).map((i) => {
      const [name, nomenclature, rank, taxon] = data.names[i];
      return node("li", "", button(capital(name), taxon),
        node("small", `${data.nomenclatures[nomenclature]}, ${data.ranks[rank]}`));
    }));
  };
  input.addEventListener("input", update);
  input.addEventListener("keydown", (event) => {
    const first = document.querySelector("#results button");
    if (event.key === "Enter" && first) first.click();
  });

  const genera = new Map();
  data.species.forEach(([, genus, family]) => {
    if (!genera.has(family)) genera.set(family, new Set());
    genera.get(family).add(genus);
  });
  document.getElementById("families").append(...[...genera.keys()].sort().map((family) => {
    const inside = [...genera.get(family)].sort();
    const links = inside.map((genus) => node("li", "", button(genus, numberOf.get(`g__${genus}`))));
    const block = node("details", "", node("summary", `${family} (${inside.length})`));
    block.append(node("p", "", button(`All of ${family}`, numberOf.get(`f__${family}`), family)),
      classed(node("ul", "", ...links), "genera"));
    return block;
  }));

  const asked = decodeURIComponent(location.hash.slice(1));
  if (numberOf.has(asked)) show(numberOf.get(asked), asked.replace(/[sgf]__/g, ""));
})();
