// Sweeps: scenarios that differ in some settings only. Which of them are shown, and their numbers over the settings.
import { short } from "./format.js";
import { STOPS } from "./maps.js";
import { isLog } from "./scales.js";

/** Shows every scenario. */
export const ALL = "*";

/** The sweeps of a run: the name, the settings with their values, and which scenarios, all in their order. */
export function sweepsOf(summary) {
  const sweeps = [];
  summary.scenarios.forEach((scenario, index) => {
    if (!scenario.sweep) return;
    let sweep = sweeps[sweeps.length - 1];
    if (sweep?.name !== scenario.sweep.name) {
      sweep = { name: scenario.sweep.name, settings: Object.keys(scenario.sweep.values).map((setting) => ({ setting, values: [] })), scenarios: [] };
      sweeps.push(sweep);
    }
    sweep.scenarios.push(index);
    for (const { setting, values } of sweep.settings) {
      const value = scenario.sweep.values[setting];
      if (!values.includes(value)) values.push(value);
    }
  });
  for (const { settings } of sweeps) {
    const key = (setting) => setting.slice(setting.lastIndexOf(".") + 1);
    const isOwn = (name) => settings.filter(({ setting }) => key(setting) === name).length === 1;
    for (const of of settings) of.label = isOwn(key(of.setting)) ? key(of.setting) : of.setting;
  }
  return sweeps;
}

/** The scenario of longest extension; of equally long ones that of least overhead, and then the first. */
function best(summary, sweep) {
  const of = (i) => summary.scenarios[i];
  const order = (a, b) => (of(b).lifetimeExtension ?? 0) - (of(a).lifetimeExtension ?? 0) || (of(a).overhead ?? 0) - (of(b).overhead ?? 0) || a - b;
  return [...sweep.scenarios].sort(order)[0];
}

/** Indices of the scenarios to show: those of a sweep by its name, all, or of every sweep the best beside those of none. */
export function shownOf(summary, chosen) {
  const all = [...summary.scenarios.keys()];
  if (chosen === ALL) return all;
  const sweeps = sweepsOf(summary);
  const one = sweeps.find((sweep) => sweep.name === chosen);
  if (one) return one.scenarios;
  const kept = new Set(sweeps.map((sweep) => best(summary, sweep)));
  return all.filter((i) => !summary.scenarios[i].sweep || kept.has(i));
}

/** Whether a run has any. */
export const hasSweeps = (summary) => sweepsOf(summary.whole).length > 0;

/** Chart of a number over the settings of the chosen sweep, or the first: a line over one, heat maps over more. */
export const overSettings = (column, value, show) => (summary) => {
  const sweeps = sweepsOf(summary.whole);
  const sweep = sweeps.find(({ name }) => name === summary.chosen) ?? sweeps[0];
  const points = sweep.scenarios.map((i) => summary.whole.scenarios[i]).map((s) => ({ s, at: sweep.settings.map(({ setting }) => s.sweep.values[setting]), value: value(s) }));
  if (points.every((p) => p.value == null)) return { missing: "No scenario of this sweep has it." };
  const option = sweep.settings.length === 1 ? line(sweep, points, column, show) : maps(sweep, points, show);
  return { ...option, table: { head: ["scenario", ...sweep.settings.map(({ setting }) => setting), column], rows: points.map((p) => [p.s.name, ...p.at, p.value]) } };
};

/** A line over the only setting. */
function line(sweep, points, column, show) {
  const [{ label, values }] = sweep.settings;
  const isNumeric = values.every((v) => typeof v === "number");
  const known = points.filter((p) => p.value != null);
  return {
    option: {
      xAxis: { type: !isNumeric ? "category" : isLog(values) ? "log" : "value", scale: true, name: label, nameLocation: "middle", nameGap: 26, ...(isNumeric ? { min: "dataMin", max: "dataMax" } : { data: values.map(String) }) },
      yAxis: { type: isLog(known.map((p) => p.value)) ? "log" : "value", name: column, nameTextStyle: { align: "left" }, axisLabel: { formatter: short } },
      series: [{ name: sweep.name, type: "line", data: known.map((p) => [isNumeric ? p.at[0] : String(p.at[0]), p.value]), symbolSize: 7, lineStyle: { width: 2 } }],
      tooltip: { trigger: "axis", valueFormatter: show, confine: true },
    },
  };
}

const HEAD = 44;
const CELL = 26;

/** A map over the last two settings, for each combination of the others. */
function maps(sweep, points, show) {
  const [down, across] = sweep.settings.slice(-2);
  const size = down.values.length * across.values.length;
  const count = Math.ceil(points.length / size);
  const others = (p) => sweep.settings.slice(0, -2).map(({ label }, i) => `${label} ${p.at[i]}`).join(", ");
  const known = points.map((p) => p.value).filter((v) => v != null);
  const shade = isLog(known) ? Math.log : (v) => v;
  const height = HEAD + down.values.length * CELL;
  const each = (make) => Array.from({ length: count }, (_, map) => make(map));
  const [least, most] = [Math.min(...known.map(shade)), Math.max(...known.map(shade))];
  // Dark text on light cells.
  const ink = (v) => (shade(v) >= (least + most) / 2 ? "#000" : "#fff");
  const place = (p, i) => ({ value: [i % across.values.length, Math.floor((i % size) / across.values.length), p.value, p.value == null ? null : shade(p.value)], label: { color: ink(p.value) } });
  return {
    height: count * height + 70,
    option: {
      title: each((map) => ({ text: others(points[map * size]), left: 4, top: map * height + 2, textStyle: { fontSize: 12 } })),
      grid: each((map) => ({ left: 70, right: 12, top: map * height + HEAD - 4, height: down.values.length * CELL })),
      xAxis: each((map) => ({ gridIndex: map, type: "category", position: "top", data: across.values.map(String), name: across.label, nameLocation: "middle", nameGap: 20, splitArea: { show: true } })),
      yAxis: each((map) => ({ gridIndex: map, type: "category", inverse: true, data: down.values.map(String), name: down.label, nameLocation: "start", nameTextStyle: { align: "right", padding: [0, 8, 0, 0] } })),
      visualMap: { show: false, dimension: 3, min: least, max: most, inRange: { color: STOPS.map((s) => `rgb(${s})`) } },
      series: each((map) => ({
        name: others(points[map * size]) || sweep.name, type: "heatmap", xAxisIndex: map, yAxisIndex: map,
        data: points.slice(map * size, (map + 1) * size).map(place).filter((cell) => cell.value[2] != null),
        label: { show: across.values.length <= 10, formatter: (cell) => show(cell.value[2]) },
      })),
      legend: { show: false },
      tooltip: { trigger: "item", confine: true, formatter: (cell) => `${echarts.format.encodeHTML(`${down.label} ${down.values[cell.value[1]]}, ${across.label} ${across.values[cell.value[0]]}`)}<br>${show(cell.value[2])}` },
    },
  };
}
