// The charts: each says what its numbers mean, and can be saved as a picture and as a table.
import { number, percent, short } from "./format.js";
import { Seen } from "./seen.js";
import { hasSweeps, overSettings } from "./sweeps.js";

const dark = matchMedia("(prefers-color-scheme: dark)");
const COLOURS = ["#4477aa", "#ee6677", "#228833", "#aa8800", "#66ccee", "#aa3377", "#888888", "#ee8866", "#44bb99", "#99ddff"];
const SYMBOLS = ["circle", "rect", "triangle", "diamond", "pin", "arrow", "roundRect"];

/** Table for CSV: a heading and rows. */
function csv({ head, rows }) {
  const field = (value) => (value == null ? "" : /[",\n]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : String(value));
  return [head, ...rows].map((row) => row.map(field).join(",")).join("\n") + "\n";
}

function save(name, href) {
  const link = document.createElement("a");
  link.href = href;
  link.download = name;
  link.click();
}

class Chart {
  /**
   * @param make from summary, the detail of the layer shown or null for the network, and the detail of the layer that maps
   *     show, to { option, table, height } of which the height may be left out, or to { missing } that says why there is nothing to
   *     show. Of all three the scenarios are those to show; summary.whole has all, and summary.chosen is the chosen sweep.
   * @param onlyIf whether there is such a chart, from the summary; always if it is left out
   */
  constructor(parent, { name, title, meaning, make, onlyIf }) {
    this.onlyIf = onlyIf ?? (() => true);
    this.name = name;
    this.title = title;
    this.make = make;
    this.card = document.createElement("article");
    this.card.className = "card";
    this.card.dataset.chart = name;
    const header = document.createElement("header");
    const heading = document.createElement("h3");
    heading.textContent = title;
    this.buttons = document.createElement("span");
    this.buttons.append(this.button("PNG", () => this.png()), " ", this.button("CSV", () => this.csv()));
    header.append(heading, this.buttons);
    const note = document.createElement("p");
    note.className = "note";
    note.textContent = meaning;
    this.place = document.createElement("div");
    this.place.className = "chart";
    this.place.setAttribute("role", "img");
    this.missing = document.createElement("p");
    this.missing.className = "missing";
    this.card.append(header, note, this.missing, this.place);
    parent.append(this.card);
    this.chart = null;
    this.last = null;
    this.seen = new Seen(this.card, () => this.draw());
    dark.addEventListener("change", () => this.renew());
    new ResizeObserver(() => this.chart?.resize()).observe(this.place);
  }

  button(label, action) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = label;
    button.setAttribute("aria-label", `Save "${this.title}" as ${label}`);
    button.addEventListener("click", action);
    return button;
  }

  renew() {
    this.chart?.dispose();
    this.chart = null;
    if (this.last) this.show(...this.last);
  }

  /** Another run was chosen: nothing of the one before is drawn or saved any more. */
  forget() {
    this.last = null;
    this.table = null;
    this.seen.forget();
    this.chart?.dispose();
    this.chart = null;
  }

  show(summary, detail, mapped) {
    this.last = [summary, detail, mapped];
    this.card.hidden = !this.onlyIf(summary);
    this.seen.renew();
  }

  draw() {
    const made = this.make(...this.last);
    this.buttons.hidden = this.place.hidden = made.missing !== undefined;
    this.missing.hidden = made.missing === undefined;
    this.missing.textContent = made.missing ?? "";
    if (made.missing !== undefined) return;
    this.table = made.table;
    this.place.style.height = made.height ? `${made.height}px` : "";
    if (this.chart === null) {
      this.chart = echarts.init(this.place, dark.matches ? "dark" : null, { renderer: "canvas" });
    }
    const names = made.option.series.map((series) => series.name);
    this.chart.setOption({
      backgroundColor: "transparent", color: COLOURS, animation: false,
      aria: { enabled: true, label: { description: `${this.title}: ${made.table.rows.length} rows of ${made.table.head.join(", ")}. The CSV has them all.` } },
      grid: { left: 8, right: 24, top: 30, bottom: 56, containLabel: true },
      legend: { bottom: 0, type: "scroll", data: names },
      ...made.option,
    }, { notMerge: true });
  }

  png() {
    this.seen.drawNow();
    const url = this.chart.getDataURL({ pixelRatio: 2, backgroundColor: getComputedStyle(document.body).backgroundColor });
    save(`${this.last[0].run}-${this.name}.png`, url);
  }

  csv() {
    this.seen.drawNow();
    const url = URL.createObjectURL(new Blob([csv(this.table)], { type: "text/csv" }));
    save(`${this.last[0].run}-${this.name}.csv`, url);
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  }
}

const NO_LAYER = { missing: "Choose a layer." };
const NO_DEVICE = { missing: "This run models no device; device: {kind: rram-typical} in the experiment does." };

const axis = (name, more) => ({ type: "value", name, nameLocation: "middle", nameGap: 26, ...more });
const side = (name, more) => ({ type: "value", name, nameLocation: "end", nameTextStyle: { align: "left" }, axisLabel: { formatter: short }, ...more });
const style = (i) => ({ symbol: SYMBOLS[i % SYMBOLS.length], symbolSize: 5, lineStyle: { width: 2, type: i >= COLOURS.length ? "dashed" : "solid" } });

/** A line a scenario over the iterations. */
function overTime(summary, detail, key, { yAxis, value = (v) => v, column = key, show = short }) {
  const timelines = summary.scenarios.map((scenario, i) => (detail ? detail.scenarios[i].timeline : scenario.timeline));
  const rows = [];
  const series = summary.scenarios.map((scenario, i) => {
    const line = timelines[i];
    const data = line.iterations.map((iteration, t) => [iteration, value(line[key][t], i)]);
    data.forEach(([iteration, y]) => rows.push([scenario.name, iteration, y]));
    return { name: scenario.name, type: "line", data: yAxis.type === "log" ? data.filter((p) => p[1] > 0) : data, showSymbol: data.length < 12, ...style(i) };
  });
  return {
    option: { xAxis: axis("iterations"), yAxis, series, tooltip: { trigger: "axis", valueFormatter: show, confine: true } },
    table: { head: ["scenario", "iterations", column], rows },
  };
}

const wear = (key, column) => (summary, detail) => overTime(summary, detail, key, { column, yAxis: side("writes", { type: "log", minorSplitLine: { show: false } }), show: key === "max" ? number : short });

function distribution(summary, detail, mapped) {
  if (!mapped) return NO_LAYER;
  const all = mapped.scenarios.map((s) => s.rowWrites);
  const most = Math.max(1, ...all.map((rows) => rows.reduce((a, b) => Math.max(a, b), 0)));
  const classes = 24;
  const bound = (i) => Math.expm1((Math.log1p(most) * i) / classes);
  const rows = [];
  const series = summary.scenarios.map((scenario, s) => {
    const counts = new Array(classes).fill(0);
    for (const writes of all[s]) counts[Math.min(classes - 1, Math.floor((classes * Math.log1p(writes)) / Math.log1p(most)))]++;
    const data = counts.map((count, i) => [bound(i + 0.5), count / Math.max(1, all[s].length)]);
    data.forEach(([, share], i) => rows.push([scenario.name, bound(i), bound(i + 1), share]));
    return { name: scenario.name, type: "line", step: "middle", data, showSymbol: false, ...style(s) };
  });
  return {
    option: { xAxis: axis(`writes of a row's most worn cell, ${mapped.layer}`, { type: "log", min: 1 }), yAxis: side("share of the rows", { axisLabel: { formatter: percent } }), series, tooltip: { trigger: "axis", valueFormatter: percent, confine: true } },
    table: { head: ["scenario", "writesFrom", "writesTo", "shareOfRows"], rows },
  };
}

function buysAndCosts(summary) {
  const shown = summary.scenarios.map((s, i) => ({ s, i })).filter(({ s }) => s.lifetimeExtension != null);
  return {
    option: {
      xAxis: axis("overhead: writes by levelling / by updates", { axisLabel: { formatter: percent } }),
      yAxis: side("lifetime extension", { type: "log" }),
      series: shown.map(({ s, i }) => ({ name: s.name, type: "scatter", data: [[s.overhead ?? 0, s.lifetimeExtension]], symbol: SYMBOLS[i % SYMBOLS.length], symbolSize: 13, itemStyle: { color: COLOURS[i % COLOURS.length] } })),
      tooltip: { trigger: "item", confine: true, formatter: (p) => `${echarts.format.encodeHTML(p.seriesName)}<br>extension ${short(p.value[1])}×<br>overhead ${percent(p.value[0])}` },
    },
    table: { head: ["scenario", "overhead", "lifetimeExtension"], rows: shown.map(({ s }) => [s.name, s.overhead, s.lifetimeExtension]) },
  };
}

function survival(summary, detail) {
  const onDevice = summary.scenarios.every((s) => s.device);
  if (!onDevice) return NO_DEVICE;
  const cells = (i) => (detail ? detail.scenarios[i].physicalRows * detail.columns : summary.scenarios[i].device.cells);
  return overTime(summary, detail, "failed", { column: "shareAlive", value: (failed, i) => 1 - failed / Math.max(1, cells(i)), yAxis: side("share alive", { max: 1, min: (range) => Math.max(0, Math.min(0.9, range.min - 0.02)), axisLabel: { formatter: percent } }), show: percent });
}

function lost(summary, detail) {
  if (!summary.scenarios.every((s) => s.device)) return NO_DEVICE;
  if (!summary.scenarios.every((s) => s.timeline.lost)) return { missing: "This report is of before lost weights were counted." };
  const weights = (i) => (detail ? detail.logicalRows * detail.columns : summary.scenarios[i].device.weights);
  return overTime(summary, detail, "lost", { column: "shareLost", value: (count, i) => count / Math.max(1, weights(i)), yAxis: side("share lost", { min: 0, axisLabel: { formatter: percent } }), show: percent });
}

function accuracy(summary) {
  const trained = summary.scenarios.map((s, i) => ({ s, i })).filter(({ s }) => s.accuracies);
  if (trained.length === 0) return { missing: "Nothing trains in this run; source: {kind: train} in the experiment does." };
  const rows = [];
  const series = trained.map(({ s, i }) => {
    const data = s.accuracies.iterations.map((iteration, t) => [iteration, s.accuracies.accuracy[t]]);
    data.forEach(([iteration, share]) => rows.push([s.name, iteration, share]));
    return { name: s.name, type: "line", data, showSymbol: data.length < 30, ...style(i), itemStyle: { color: COLOURS[i % COLOURS.length] } };
  });
  return {
    option: { xAxis: axis("iterations"), yAxis: side("test accuracy", { max: 1, axisLabel: { formatter: percent } }), series, tooltip: { trigger: "axis", valueFormatter: percent, confine: true } },
    table: { head: ["scenario", "iterations", "accuracy"], rows },
  };
}

function selections(summary, detail, mapped) {
  if (!mapped) return NO_LAYER;
  if (!mapped.scenarios.some((s) => s.selections)) return { missing: "This run does not keep them; report: {selections: true} in the experiment does." };
  const rows = [];
  const series = [];
  mapped.scenarios.forEach((s, i) => {
    if (!s.selections) return;
    const name = summary.scenarios[i].name;
    s.selections.forEach((count, row) => rows.push([name, row * s.rowsPerBucket, count]));
    series.push({ name, type: "line", data: s.selections.map((count, row) => [row * s.rowsPerBucket, count]), showSymbol: false, ...style(i) });
  });
  return {
    option: { xAxis: axis(`logical row of ${mapped.layer}`), yAxis: side("times written by updates"), series, tooltip: { trigger: "axis", valueFormatter: number, confine: true } },
    table: { head: ["scenario", "logicalRow", "selections"], rows },
  };
}

const cost = (unit, update, levelling) => (summary) => {
  const shown = summary.scenarios.filter((s) => s.device?.[update] != null);
  if (shown.length === 0) return NO_DEVICE;
  return {
    option: {
      grid: { left: 8, right: 40, top: 8, bottom: 56, containLabel: true },
      xAxis: axis(unit, { axisLabel: { formatter: short } }),
      yAxis: { type: "category", inverse: true, data: shown.map((s) => s.name) },
      series: [
        { name: "updates", type: "bar", stack: "all", data: shown.map((s) => s.device[update]) },
        { name: "levelling", type: "bar", stack: "all", data: shown.map((s) => s.device[levelling]) },
      ],
      tooltip: { trigger: "axis", axisPointer: { type: "shadow" }, valueFormatter: (v) => `${short(v)} ${unit}`, confine: true },
    },
    table: { head: ["scenario", "updates", "levelling"], rows: shown.map((s) => [s.name, s.device[update], s.device[levelling]]) },
  };
};

export function allCharts(parent) {
  return [
    { name: "largest-wear", title: "Largest wear", meaning: "Writes of the most worn cell: the one that fails first, if all cells are alike.", make: wear("max", "maxCellWrites") },
    { name: "mean-wear", title: "Mean wear", meaning: "Writes per cell over all cells: what levelling cannot lower, but adds to.", make: wear("mean", "meanCellWrites") },
    { name: "gini", title: "Gini coefficient", meaning: "How unevenly rows are worn: 0 if all alike, towards 1 if one has everything. Of the network, the mean over its rows' layers.", make: (summary, detail) => overTime(summary, detail, "gini", { yAxis: side("", { min: 0, max: 1 }) }) },
    { name: "distribution", title: "Wear distribution", meaning: "Which share of the chosen layer's rows has how many writes now; a good leveller makes one narrow hill.", make: distribution },
    { name: "extension-overhead", title: "Extension against overhead", meaning: "What levelling buys and what it costs: up is longer life, right is more extra writes.", make: buysAndCosts },
    { name: "swept-extension", title: "Extension over swept settings", meaning: "Lifetime extension of the chosen sweep, or the first: a line over one setting, a map over two, a map for each value of further ones.", make: overSettings("lifetimeExtension", (s) => s.lifetimeExtension, (v) => short(v) + "×"), onlyIf: hasSweeps },
    { name: "swept-first-loss", title: "First loss over swept settings", meaning: "The same for the iterations until the first weight is lost, on the modelled device.", make: overSettings("firstLoss", (s) => s.device?.firstLoss?.iterations ?? null, short), onlyIf: hasSweeps },
    { name: "lost-weights", title: "Lost weights", meaning: "The share of weights that lie on a worn-out cell of the modelled device. A line leaves 0 at first loss.", make: lost },
    { name: "survival", title: "Survival", meaning: "The share of cells that still switch, on the modelled device.", make: survival },
    { name: "accuracy", title: "Accuracy", meaning: "The share of test images that the network on a scenario's crossbars gives their class: what worn cells cost.", make: accuracy },
    { name: "selections", title: "Selections per row", meaning: "How often updates chose each row of the chosen layer: the hotter some rows, the more there is to level.", make: selections },
    { name: "latency", title: "Write latency", meaning: "Time spent writing, crossbars working side by side: updates, and levelling on top.", make: cost("s", "updateSeconds", "levellingSeconds") },
    { name: "energy", title: "Write energy", meaning: "Energy of all writes: updates, and levelling on top.", make: cost("J", "updateJoules", "levellingJoules") },
  ].map((what) => new Chart(parent, what));
}
