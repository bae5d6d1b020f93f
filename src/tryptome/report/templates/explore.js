"use strict";
// The explorer of the samples: two charts by Vega, drawn when they come into sight. Text from
// users is only ever data of a chart, or the text of an element: never a description of a chart.
(() => {
  const held = document.getElementById("explore-data");
  if (!held) return;
  const data = JSON.parse(held.textContent);
  const find = (name) => document.getElementById(`explore-${name}`);
  const [live, tip, detail, sample] = ["live", "tip", "detail", "sample"].map(find);
  const choice = { strip: find("strip"), x: find("x"), y: find("y") };
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const views = {};
  let picked = -1;

  const quantity = (role) => data.quantities[choice[role].value];
  const named = (q) => `${q.title} (${q.unit})`;
  const label = (id) => data.groups[data.group[id]];
  const place = (q, id) => ({ x: q.mean[id], x_low: q.low[id], x_high: q.high[id] });
  const known = (...all) => data.samples.map((_, id) => id)
    .filter((id) => all.every((q) => q.mean[id] !== null));

  const rows = {
    strip: () => {
      const q = quantity("strip");
      return {
        samples: known(q).map((id) => (
          { id, group: label(id), spread: data.spread[id], ...place(q, id) })),
        means: q.means.map((m) => ({ ...m, id: -2 - m.group, group: data.groups[m.group],
          spread: 0.85 })),
        zero: q.zero ? [{ x: 0 }] : [],
      };
    },
    scatter: () => {
      const [x, y] = [quantity("x"), quantity("y")];
      const both = known(x, y);
      const ends = both.flatMap((id) => [[x.mean[id], y.mean[id]]]);
      const low = Math.max(...[0, 1].map((k) => Math.min(...ends.map((e) => e[k]))));
      const high = Math.min(...[0, 1].map((k) => Math.max(...ends.map((e) => e[k]))));
      return {
        samples: both.map((id) => ({ id, group: label(id), ...place(x, id),
          y: y.mean[id], y_low: y.low[id], y_high: y.high[id] })),
        equal: x.unit === y.unit && low < high
          ? [{ x: low, y: low }, { x: high, y: high }] : [],
      };
    },
  };

  // What braces stand for in a description, and its colours in the dark.
  const described = (name) => {
    const [x, y] = name === "strip" ? [quantity("strip")] : [quantity("x"), quantity("y")];
    const words = { "{x title}": named(x), "{x format}": x.format };
    if (y) Object.assign(words, { "{y title}": named(y), "{y format}": y.format });
    const put = (value) => {
      if (Array.isArray(value)) return value.map(put);
      if (value && typeof value === "object") {
        return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, put(v)]));
      }
      if (value in words) return words[value];
      return dark.matches && typeof value === "string" && value[0] === "#"
        ? data.dark[value] ?? value : value;
    };
    return put(data[name]);
  };

  const finding = {
    strip: () => {
      const q = quantity("strip");
      const shown = known(q).length;
      const means = q.means.map((m) => `${data.groups[m.group]}: ${m.words}`).join("; ");
      return `${named(q)} of ${shown} of ${data.samples.length} samples, by group.`
        + (means ? ` Mean over persons (diamonds, ${data.level} interval): ${means}.` : "");
    },
    scatter: () => {
      const [x, y] = [quantity("x"), quantity("y")];
      const both = known(x, y);
      const line = x.unit === y.unit
        ? ` Above the broken line, where the two are equal, are ${
          both.filter((id) => y.mean[id] > x.mean[id]).length} of them.` : "";
      return `${y.title} against ${x.title} in ${both.length} of ${
        data.samples.length} samples.${line}`;
    },
  };

  // The words of a sample's numbers are those of its own section, a row a quantity.
  const names = Object.keys(data.quantities);
  const told = (id) => {
    const own = document.getElementById(`sample-${id + 1}`).rows;
    const chosen = new Set(Object.values(choice).map((select) => select.value));
    return [data.samples[id], ...(data.groups.length > 1 ? [label(id)] : []),
      ...names.flatMap((name, row) => {
        const [title, mean, range] = [...own[row].cells].map((cell) => cell.textContent);
        return chosen.has(name) ? [`${title}: ${mean} (${range})`] : [];
      })];
  };

  const point = (_, event, item, value) => {
    const id = item?.datum?.id;
    tip.hidden = value == null || id === undefined;
    if (tip.hidden) return;
    const mean = id < 0 && quantity("strip").means.find((m) => m.group === -2 - id);
    const lines = mean ? [data.groups[mean.group], `Mean over persons: ${mean.words}`] : told(id);
    tip.replaceChildren(...lines.map((line) => {
      const part = document.createElement("div");
      part.textContent = line;
      return part;
    }));
    const edge = document.documentElement.clientWidth - tip.offsetWidth - 8;
    tip.style.left = `${Math.max(8, Math.min(event.clientX + 12, edge))}px`;
    tip.style.top = `${Math.min(event.clientY + 14, innerHeight - tip.offsetHeight - 8)}px`;
  };

  const pick = (id) => {
    picked = id;
    sample.value = String(id);
    Object.values(views).forEach((view) => view.signal("picked", id).runAsync());
    detail.replaceChildren();
    if (id < 0) {
      detail.textContent = "No sample is chosen.";
      return;
    }
    const link = document.createElement("a");
    link.href = `#sample-${id + 1}`;
    const [name, ...rest] = told(id);
    link.textContent = name;
    detail.append(link, `. ${rest.join(". ")}.`);
  };

  const draw = async (name) => {
    const box = live.querySelector(`[data-chart="${name}"]`);
    const words = finding[name]();
    find(`${name}-words`).textContent = words;
    const spec = { ...described(name), description: words, datasets: rows[name]() };
    const { view } = await window.vegaEmbed(box, spec, {
      mode: "vega-lite", renderer: "svg", ast: true, actions: false, defaultStyle: false,
      tooltip: point, logLevel: 1,
    });
    views[name] = view;
    view.signal("picked", picked).runAsync();
    view.addEventListener("click", (_, item) => {
      if (item?.datum?.id >= 0) pick(item.datum.id);
    });
  };

  const fill = (select, options, first) => {
    select.append(...options.map(([value, text]) => new Option(text, value)));
    select.value = first;
  };
  const quantities = Object.entries(data.quantities).map(([name, q]) => [name, q.title]);
  Object.entries(choice).forEach(([role, select]) => {
    fill(select, quantities, data.first[role]);
    select.addEventListener("change", () => {
      draw(role === "strip" ? "strip" : "scatter");
      pick(picked);
    });
  });
  fill(sample, [["-1", "none"], ...data.samples.map((name, id) => [String(id), name])], "-1");
  sample.addEventListener("change", () => pick(Number(sample.value)));
  pick(-1);

  live.hidden = false;
  document.getElementById("explore").classList.add("live");
  // What comes later has its room from the start, so that nothing below it moves.
  const legend = data.groups.length > 1 ? 13 + 17 * Math.ceil(data.groups.length / 2) : 0;
  Object.entries({ strip: 44, scatter: 45 + legend }).forEach(([name, around]) => {
    const box = live.querySelector(`[data-chart="${name}"]`);
    box.style.minHeight = `${data[name].height + around}px`;
    find(`${name}-words`).textContent = finding[name]();
  });
  const seen = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    seen.disconnect();
    const vega = document.createElement("script");
    vega.textContent = document.getElementById("vega").textContent;
    document.head.append(vega);
    const both = () => Object.keys(rows).forEach(draw);
    both();
    dark.addEventListener("change", both);
  }, { rootMargin: "400px" });
  seen.observe(live);
})();
