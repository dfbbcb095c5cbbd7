// What the charts show, and what it means.
import { Chart } from "./chart.js";
import { number, percent, short } from "./format.js";
import { axisFor, extent, isLog } from "./scales.js";
import { hasSweeps, overSettings } from "./sweeps.js";

const NO_LAYER = { missing: "Choose a layer." };
const NO_DEVICE = { missing: "This run models no device; device: {kind: rram-typical} in the experiment does." };

const axis = (name, more) => ({ type: "value", name, nameLocation: "middle", nameGap: 26, ...more });
const side = (name, more) => ({ type: "value", name, nameLocation: "end", nameTextStyle: { align: "left" }, axisLabel: { formatter: short }, ...more });
const shares = { axisLabel: { formatter: percent } };

/** Scenarios with their places, those that it is true of. */
const those = (summary, isOne) => summary.scenarios.map((s, i) => ({ s, i })).filter(({ s, i }) => isOne(s, i));
const namesOf = (shown) => shown.map(({ s }) => ({ name: s.name, look: s.look }));

/** A line a scenario over the iterations, of those that have any. */
function overTime(summary, detail, key, { yAxis, value = (v) => v, column = key, show = short, of = () => true }) {
  const timeline = (s, i) => (detail ? detail.scenarios[i].timeline : s.timeline);
  const shown = those(summary, (s, i) => of(s) && timeline(s, i).iterations.length > 0);
  const rows = [];
  const points = shown.map(({ s, i }) => timeline(s, i).iterations.map((iteration, t) => [iteration, value(timeline(s, i)[key][t], s, i)]));
  points.forEach((line, at) => line.forEach(([iteration, y]) => rows.push([shown[at].s.name, iteration, y])));
  const axis = yAxis(points.flat().map((p) => p[1]));
  const series = points.map((line, at) => ({ name: shown[at].s.name, type: "line", data: axis.type === "log" ? line.filter((p) => p[1] > 0) : line, showSymbol: line.length < 12 }));
  return {
    names: namesOf(shown),
    option: { xAxis: iterations(), yAxis: axis, series, tooltip: { trigger: "axis", valueFormatter: show, confine: true } },
    table: { head: ["scenario", "iterations", column], rows },
  };
}

const iterations = () => axis("iterations");
const wear = (key, column) => (summary, detail) => overTime(summary, detail, key, { column, yAxis: (values) => side("writes", axisFor(values)), show: key === "max" ? number : short });

function distribution(summary, detail, mapped) {
  if (!mapped) return NO_LAYER;
  const shown = those(summary, (_, i) => mapped.scenarios[i].rowWrites.length > 0);
  const all = shown.map(({ i }) => mapped.scenarios[i].rowWrites);
  const most = Math.max(1, extent(all.flat())[1]);
  const classes = 24;
  const bound = (i) => Math.expm1((Math.log1p(most) * i) / classes);
  const rows = [];
  const series = shown.map(({ s: scenario }, s) => {
    const counts = new Array(classes).fill(0);
    for (const writes of all[s]) counts[Math.min(classes - 1, Math.floor((classes * Math.log1p(writes)) / Math.log1p(most)))]++;
    const data = counts.map((count, i) => [bound(i + 0.5), count / Math.max(1, all[s].length)]);
    data.forEach(([, share], i) => rows.push([scenario.name, bound(i), bound(i + 1), share]));
    return { name: scenario.name, type: "line", step: "middle", data, showSymbol: false };
  });
  return {
    names: namesOf(shown),
    option: { xAxis: axis(`writes of a row's most worn cell, ${mapped.title}`, { type: "log", min: 1 }), yAxis: side("share of the rows", shares), series, tooltip: { trigger: "axis", valueFormatter: percent, confine: true } },
    table: { head: ["scenario", "writesFrom", "writesTo", "shareOfRows"], rows },
  };
}

function buysAndCosts(summary) {
  const shown = those(summary, (s) => s.lifetimeExtension != null);
  const overheads = shown.map(({ s }) => s.overhead ?? 0);
  // A logarithmic axis has no 0; schemes without levelling stand at its left edge, a decade below the others.
  const costly = overheads.filter((v) => v > 0);
  const log = isLog(costly, 2);
  const edge = log ? 10 ** (Math.floor(Math.log10(extent(costly)[0])) - 1) : 0;
  return {
    names: namesOf(shown),
    option: {
      xAxis: axis("overhead: writes by levelling / by updates", { type: log ? "log" : "value", ...(log ? { min: edge } : {}), axisLabel: { formatter: (v) => (v === edge ? "0" : percent(v)), hideOverlap: true } }),
      yAxis: side("lifetime extension", { ...axisFor(shown.map(({ s }) => s.lifetimeExtension)), scale: true }),
      series: shown.map(({ s }, at) => ({ name: s.name, type: "scatter", data: [[Math.max(edge, overheads[at]), s.lifetimeExtension]], symbolSize: 13 })),
      tooltip: { trigger: "item", confine: true, formatter: (p) => `${echarts.format.encodeHTML(p.seriesName)}<br>extension ${short(p.value[1])}×<br>overhead ${percent(overheads[p.seriesIndex])}` },
    },
    table: { head: ["scenario", "overhead", "lifetimeExtension"], rows: shown.map(({ s }) => [s.name, s.overhead, s.lifetimeExtension]) },
  };
}

const onDevice = (s) => s.device != null;

function survival(summary, detail) {
  if (!summary.scenarios.some(onDevice)) return NO_DEVICE;
  const cells = (s, i) => (detail ? detail.scenarios[i].physicalRows * detail.scenarios[i].columns : s.device.cells);
  const yAxis = () => side("share alive", { max: 1, min: (range) => Math.max(0, Math.min(0.9, range.min - 0.02)), ...shares });
  return overTime(summary, detail, "failed", { of: onDevice, column: "shareAlive", value: (failed, s, i) => 1 - failed / Math.max(1, cells(s, i)), yAxis, show: percent });
}

function lost(summary, detail) {
  if (!summary.scenarios.some(onDevice)) return NO_DEVICE;
  if (!summary.scenarios.some((s) => s.timeline.lost)) return { missing: "This report is of before lost weights were counted." };
  const weights = (s, i) => (detail ? detail.scenarios[i].logicalRows * detail.scenarios[i].columns : s.device.weights);
  const yAxis = (values) => side("share lost", { ...axisFor(values, 2), ...shares, ...(isLog(values.filter((v) => v > 0), 2) ? {} : { min: 0 }) });
  return overTime(summary, detail, "lost", { of: (s) => onDevice(s) && s.timeline.lost, column: "shareLost", value: (count, s, i) => count / Math.max(1, weights(s, i)), yAxis, show: percent });
}

function accuracy(summary) {
  const shown = those(summary, (s) => s.accuracies);
  if (shown.length === 0) return { missing: "Nothing trains in this run; source: {kind: train} in the experiment does." };
  const rows = [];
  const series = shown.map(({ s }) => {
    const data = s.accuracies.iterations.map((iteration, t) => [iteration, s.accuracies.accuracy[t]]);
    data.forEach(([iteration, share]) => rows.push([s.name, iteration, share]));
    return { name: s.name, type: "line", data, showSymbol: data.length < 30 };
  });
  return {
    names: namesOf(shown),
    option: { xAxis: iterations(), yAxis: side("test accuracy", { max: 1, ...shares }), series, tooltip: { trigger: "axis", valueFormatter: percent, confine: true } },
    table: { head: ["scenario", "iterations", "accuracy"], rows },
  };
}

function selections(summary, detail, mapped) {
  if (!mapped) return NO_LAYER;
  const shown = those(summary, (_, i) => mapped.scenarios[i].selections);
  if (shown.length === 0) return { missing: "This run does not keep them; report: {selections: true} in the experiment does." };
  const rows = [];
  const series = shown.map(({ s: { name }, i }) => {
    const s = mapped.scenarios[i];
    s.selections.forEach((count, row) => rows.push([name, row * s.rowsPerBucket, count]));
    return { name, type: "line", data: s.selections.map((count, row) => [row * s.rowsPerBucket, count]), showSymbol: false };
  });
  return {
    names: namesOf(shown),
    option: { xAxis: axis(`logical row of ${mapped.title}`), yAxis: side("times written by updates"), series, tooltip: { trigger: "axis", valueFormatter: number, confine: true } },
    table: { head: ["scenario", "logicalRow", "selections"], rows },
  };
}

/** Bars, levelling on top of updates; points where they span decades, as parts of a bar have no length on a logarithmic axis. */
const cost = (unit, update, levelling) => (summary) => {
  const shown = summary.scenarios.filter((s) => s.device?.[update] != null);
  if (shown.length === 0) return NO_DEVICE;
  const updates = shown.map((s) => s.device[update]);
  const both = shown.map((s) => s.device[update] + s.device[levelling]);
  const log = isLog([...updates, ...both]);
  const point = (name, data, symbol) => ({ name, type: "scatter", data, symbol, symbolSize: 10 });
  const bar = (name, data) => ({ name, type: "bar", stack: "all", data });
  return {
    height: Math.max(300, 90 + 20 * shown.length),
    option: {
      grid: { left: 8, right: 40, top: 8, bottom: 56, containLabel: true },
      legend: { bottom: 0 },
      xAxis: axis(unit, { ...(log ? { type: "log" } : {}), axisLabel: { formatter: short, hideOverlap: true }, splitLine: { show: true } }),
      yAxis: { type: "category", inverse: true, data: shown.map((s) => s.name), axisLabel: { interval: 0, width: 150, overflow: "break", lineHeight: 12, fontSize: 11 }, ...(log ? { splitLine: { show: true } } : {}) },
      series: log
        ? [point("updates and levelling", both, "rect"), point("updates", updates, "circle")]
        : [bar("updates", updates), bar("levelling", shown.map((s) => s.device[levelling]))],
      tooltip: { trigger: "axis", axisPointer: { type: "shadow" }, valueFormatter: (v) => `${short(v)} ${unit}`, confine: true },
    },
    table: { head: ["scenario", "updates", "levelling"], rows: shown.map((s) => [s.name, s.device[update], s.device[levelling]]) },
  };
};

/** @param pointed the scenarios that are pointed at */
export function allCharts(parent, pointed) {
  return [
    { name: "largest-wear", title: "Largest wear", meaning: "Writes of the most worn cell: the one that fails first, if all cells are alike.", make: wear("max", "maxCellWrites") },
    { name: "mean-wear", title: "Mean wear", meaning: "Writes per cell over all cells: what levelling cannot lower, but adds to.", make: wear("mean", "meanCellWrites") },
    { name: "gini", title: "Gini coefficient", meaning: "How unevenly rows are worn: 0 if all alike, towards 1 if one has everything. Of the network, the mean over its rows' layers.", make: (summary, detail) => overTime(summary, detail, "gini", { yAxis: () => side("", { min: 0, max: 1 }) }) },
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
  ].map((what) => new Chart(parent, pointed, what));
}
