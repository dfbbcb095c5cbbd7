// The page: lists runs, follows the chosen one by server-sent events, and draws what comes. All numbers come from /api.
import { allCharts } from "./charts.js";
import { WearMaps } from "./maps.js";
import { duration, number, percent, short, text } from "./format.js";
import { ALL, shownOf, sweepsOf } from "./sweeps.js";

const byId = (id) => document.getElementById(id);
// The list of runs and how the table is sorted outlast a change of run; everything else is of the chosen run, and forgotten with it.
const state = { runs: [], sort: { key: null, down: true }, ...ofOneRun() };
const charts = allCharts(byId("charts"));
const maps = new WearMaps(byId("maps"), byId("which"), byId("time"), byId("time-text"), byId("tip"));

const ofDevice = (s) => s.device != null;
const projected = (v, of) => (of.projected ? "~ " : "") + short(v);

// Pages of before losses were counted have none of them.
const COLUMNS = [
  { key: "firstLoss", title: "First loss", of: (s) => s.device?.firstLoss?.iterations ?? null, show: (v, s) => projected(v, s.device.firstLoss), onlyIf: ofDevice },
  { key: "firstLossEfficiency", title: "Of its bound", of: (s) => s.device?.firstLoss?.efficiency ?? null, show: percent, onlyIf: ofDevice },
  { key: "lostWeights", title: "Lost weights", of: (s) => (s.device?.weights ? s.device.lostWeights / s.device.weights : null), show: percent, onlyIf: ofDevice },
  { key: "firstFailure", title: "First failure", of: (s) => s.device?.lifetime?.[0]?.iterations ?? null, show: (v, s) => projected(v, s.device.lifetime[0]), onlyIf: ofDevice },
  { key: "accuracy", title: "Accuracy", of: (s) => s.accuracy, show: percent, onlyIf: (s) => s.accuracy != null },
  { key: "lifetimeExtension", title: "Extension", of: (s) => s.lifetimeExtension, show: (v) => short(v) + "×" },
  { key: "bound", title: "Bound", of: (s) => s.bound, show: (v) => short(v) + "×" },
  { key: "efficiency", title: "Efficiency", of: (s) => s.efficiency, show: percent },
  { key: "overhead", title: "Overhead", of: (s) => s.overhead, show: percent },
  { key: "maxCellWrites", title: "Largest wear", of: (s) => s.maxCellWrites, show: number },
  { key: "meanCellWrites", title: "Mean wear", of: (s) => s.meanCellWrites, show: short },
];

/** What is known of a run that has just been chosen: nothing. */
function ofOneRun() {
  return { run: null, summary: null, detail: null, layer: 0, baseline: "", sweep: "", source: null };
}

async function get(path) {
  const answer = await fetch("api" + path);
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
}

function say(what) {
  if (byId("said").textContent !== what) byId("said").textContent = what;
}

function element(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

// Runs

async function listRuns() {
  try {
    state.runs = await get("/runs");
    drawRuns();
    if (state.run === null && state.runs.length > 0) choose(wantedRun() ?? state.runs[0].run);
    if (state.runs.length === 0) say("No run has been announced yet. The page shows the first one as soon as it begins.");
  } catch (error) {
    say("The service cannot be reached: " + error.message);
  }
  // Only the list, which is small; the chosen run sends its news by itself.
  setTimeout(listRuns, state.runs.some((run) => run.state === "running") ? 2000 : 5000);
}

function wantedRun() {
  const wanted = decodeURIComponent(location.hash.slice(1));
  return state.runs.some((run) => run.run === wanted) ? wanted : null;
}

function drawRuns() {
  const focused = document.activeElement?.dataset?.run;
  const rows = state.runs.map((run) => {
    const button = element("button", { type: "button", "data-run": run.run }, run.run);
    button.addEventListener("click", () => choose(run.run));
    const share = run.plannedIterations ? run.iterations / run.plannedIterations : 0;
    const progress = element("progress", { max: 1, value: share, "aria-label": "iterations done" });
    const row = element("tr", run.run === state.run ? { "aria-current": "true" } : {},
      element("td", {}, button, element("small", {}, run.name)),
      element("td", {}, run.state),
      element("td", {}, progress, element("small", {}, `${number(run.iterations)} of ${number(run.plannedIterations)}`)),
      element("td", {}, run.perSecond == null ? "" : short(run.perSecond)),
      element("td", {}, run.secondsLeft == null ? "" : duration(run.secondsLeft)),
      element("td", {}, run.createdAt.replace("T", " ").slice(0, 19)));
    return row;
  });
  byId("runs").tBodies[0].replaceChildren(...rows);
  if (focused) byId("runs").querySelector(`[data-run="${CSS.escape(focused)}"]`)?.focus();
}

// The chosen run

function choose(run) {
  forget();
  state.run = run;
  if (location.hash.slice(1) !== encodeURIComponent(run)) history.replaceState(null, "", "#" + encodeURIComponent(run));
  say(`Run ${run}: its numbers are on their way.`);
  drawRuns();
  follow();
}

/** Nothing of the run before may be seen, pressed or drawn together with what comes of the next one. */
function forget() {
  state.source?.close();
  Object.assign(state, ofOneRun());
  byId("run").hidden = true;
  for (const id of ["run-title", "links", "warnings", "notices", "baseline", "sweep", "layer", "layer-of-charts", "most"]) byId(id).replaceChildren();
  const table = byId("scenarios");
  for (const part of [table.caption, table.tHead, table.tBodies[0]]) part.replaceChildren();
  for (const chart of charts) chart.forget();
  maps.forget();
}

/** News come as events; the connection is made anew for another layer, null for the network's crossbars. */
function follow() {
  state.source?.close();
  const source = new EventSource(`api/runs/${encodeURIComponent(state.run)}/events${state.layer === null ? "" : `?layer=${state.layer}`}`);
  state.source = source;
  // What comes late, of a run or layer that was chosen before, is no news.
  const on = (type, take) => source.addEventListener(type, (event) => {
    if (state.source === source) take(event.data);
  });
  on("summary", (data) => takeSummary(JSON.parse(data)));
  on("layer", (data) => takeLayer(JSON.parse(data)));
  on("end", () => {
    source.close();
    if (state.summary) say(ended(state.summary));
  });
}

function ended(summary) {
  const done = `${number(summary.iterations)} of ${number(summary.plannedIterations)} iterations`;
  return summary.complete ? `Run ${summary.run} is finished: ${done}.` : `Run ${summary.run} is over and not complete: ${done}.`;
}

function takeSummary(summary) {
  // A run of the same name that was announced later is another run.
  if (state.summary !== null && state.summary.createdAt !== summary.createdAt) return choose(state.run);
  const first = state.summary === null;
  state.summary = summary;
  if (first) fillSelects(summary);
  byId("run").hidden = false;
  byId("run-title").textContent = summary.run;
  say(`Run ${summary.run}: ${number(summary.iterations)} of ${number(summary.plannedIterations)} iterations.`);
  byId("links").replaceChildren(...links(summary));
  byId("warnings").hidden = summary.warnings.length === 0;
  byId("warnings").replaceChildren(element("strong", {}, "INCOMPLETE"), element("ul", {}, ...summary.warnings.map((warning) => element("li", {}, warning))));
  drawNotices(summary);
  drawScenarios();
  drawRetirement();
  drawCharts();
  if (state.layer === null) showMaps(crossbarsOf(summary));
}

/** Those of a sweep's scenarios stand together, folded. What has not changed is left alone, with the focus and what is unfolded. */
function drawNotices(summary) {
  const notices = summary.notices ?? [];
  byId("notices").hidden = notices.length === 0;
  const shown = JSON.stringify(notices);
  if (byId("notices").dataset.shown === shown && byId("notices").childElementCount > 0) return;
  byId("notices").dataset.shown = shown;
  // Pages of before notices had sweeps have one line for each.
  const sweeps = summary.noticeSweeps ?? [];
  const of = (sweep) => notices.filter((_, i) => sweeps[i] === sweep);
  const lines = notices.flatMap((notice, i) => {
    if (sweeps[i] == null || of(sweeps[i]).length === 1) return [element("li", {}, notice)];
    if (sweeps.indexOf(sweeps[i]) < i) return [];
    const all = of(sweeps[i]);
    return [element("li", {}, element("details", {}, element("summary", {}, `Sweep ${sweeps[i]}: ${number(all.length)} notices on its scenarios. The first: ${all[0]}`), element("ul", {}, ...all.map((one) => element("li", {}, one)))))];
  });
  byId("notices").replaceChildren(...lines);
}

function links(summary) {
  const about = `${summary.source}; ${summary.layers.length} layers. `;
  const over = state.runs.find((run) => run.run === state.run && run.state !== "running");
  if (!over) return [about, "Its files come at its end."];
  const file = (name, title) => element("a", { href: `reports/${encodeURIComponent(state.run)}/${name}` }, title);
  return [about, "Report: ", file("report.html", "page"), ", ", file("report.json", "JSON"), ", ", file("schemes.csv", "schemes"), ", ", ...(summary.scenarios.some((s) => s.sweep) ? [file("sweeps.csv", "sweeps"), ", "] : []), file("wear.csv", "wear"), ", ", file("timeline.csv", "timeline"), ", ", file("lifetime.csv", "lifetime"), ", ", file("failures.csv", "failures"), ...(summary.scenarios.some((s) => s.accuracies) ? [", ", file("accuracy.csv", "accuracy")] : []), "; with .parquet for .csv as Parquet."];
}

function fillSelects(summary) {
  const options = (names, all) => [...(all ? [element("option", { value: "" }, all)] : []), ...names.map((name, i) => element("option", { value: i }, name))];
  byId("baseline").replaceChildren(...options(summary.scenarios.map((s) => s.name), "nothing"));
  const dense = summary.scenarios.findIndex((s) => text(s.sparsifier).includes("kind: dense"));
  state.baseline = dense >= 0 ? String(dense) : "";
  byId("baseline").value = state.baseline;
  const sweeps = sweepsOf(summary);
  byId("of-sweeps").hidden = sweeps.length === 0;
  byId("sweep").replaceChildren(element("option", { value: "" }, "of each sweep the best"), ...sweeps.map(({ name }) => element("option", { value: name }, name)), element("option", { value: ALL }, "all"));
  byId("layer").replaceChildren(...options(summary.layers.map((l) => l.name), "the whole network, by crossbars"));
  byId("layer").value = "0";
  byId("layer-of-charts").replaceChildren(...options(summary.layers.map((l) => l.name), "the whole network"));
  maps.scenarios(summary.scenarios.map((s) => s.name), shownOf(summary, ""), sweeps);
}

function takeLayer(detail) {
  if (detail.index !== state.layer || state.summary === null) return;
  state.detail = detail;
  showMaps(detail);
  drawCharts();
}

function showMaps(detail) {
  byId("lies").textContent = detail.columns ? `${number(detail.logicalRows)} rows × ${number(detail.columns)} columns${detail.map ? `; ${detail.map}` : ""}` : "";
  byId("most").textContent = number(maps.show(detail, state.summary));
}

/** The network as if it were one layer, a crossbar a row: the most worn cell of each, layer by layer. */
function crossbarsOf(summary) {
  return {
    layer: "the whole network",
    scenarios: summary.scenarios.map((scenario) => ({
      crossbars: scenario.layers.flatMap((layer, i) => layer.crossbars.map((_, k) => `${summary.layers[i].name}, ${k + 1} of ${layer.crossbars.length} from the top`)),
      physicalRows: scenario.layers.reduce((all, layer) => all + layer.crossbars.length, 0),
      rowWrites: scenario.layers.flatMap((layer) => layer.crossbars),
      rowsPerBucket: 1,
      history: [],
    })),
  };
}

function drawScenarios() {
  const table = byId("scenarios");
  const head = (title, column) => {
    const sorted = state.sort.key === column?.key;
    const cell = element("th", { scope: "col", ...(sorted ? { "aria-sort": state.sort.down ? "descending" : "ascending" } : {}) });
    if (!column) {
      cell.append(title);
      return cell;
    }
    const button = element("button", { type: "button", "data-key": column.key }, title);
    button.addEventListener("click", () => {
      state.sort = { key: column.key, down: sorted ? !state.sort.down : true };
      drawScenarios();
    });
    cell.append(button);
    return cell;
  };
  const focused = table.tHead.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  const columns = [...settingColumns(), ...COLUMNS.filter((c) => !c.onlyIf || state.summary.scenarios.some(c.onlyIf))];
  table.tHead.replaceChildren(element("tr", {}, head("Scenario"), head("Wear over time"), ...columns.map((column) => head(column.title, column))));
  if (focused) table.tHead.querySelector(`[data-key="${focused}"]`).focus();
  const scenarios = shownOf(state.summary, state.sweep).map((index) => ({ scenario: state.summary.scenarios[index], index }));
  const column = columns.find((c) => c.key === state.sort.key);
  if (column) {
    const value = (entry) => column.of(entry.scenario) ?? -Infinity;
    scenarios.sort((a, b) => (state.sort.down ? value(b) - value(a) : value(a) - value(b)) || a.index - b.index);
  }
  const base = state.baseline === "" ? null : state.summary.scenarios[Number(state.baseline)];
  table.caption.textContent = "Press a heading to sort." + (base ? ` Small: how many times what ${base.name} has.` : "");
  table.tBodies[0].replaceChildren(...scenarios.map(({ scenario }) => element("tr", {},
    element("th", { scope: "row" }, scenario.name, element("small", {}, scheme(scenario))),
    element("td", {}, sparkline(scenario)),
    ...columns.map((c) => {
      const value = c.of(scenario);
      const cell = element("td", { "data-key": c.key, "data-value": value ?? "" }, value == null ? "–" : c.show(value, scenario));
      const other = base && base !== scenario && !c.isSetting ? c.of(base) : null;
      if (value != null && other) cell.append(element("small", {}, `× ${short(value / other)}`));
      return cell;
    }))));
}

/** Costs of giving up failed rows, of the shown scenarios that do. */
function drawRetirement() {
  const giving = shownOf(state.summary, state.sweep).map((index) => state.summary.scenarios[index]).filter((s) => s.retirement);
  byId("retiring").hidden = giving.length === 0;
  byId("retirement").tBodies[0].replaceChildren(...giving.map(({ name, overhead, stateBitsPerRow, retirement: r }) => element("tr", {},
    element("th", { scope: "row" }, name),
    ...[percent(overhead), short(stateBitsPerRow), number(r.verifyReads), short(r.readPasses.mean), number(r.readPasses.atEnd), number(r.readPasses.most), number(r.retiredRows), `${number(r.spareRowsUsed)} of ${number(r.spareRows)}`].map((value) => element("td", {}, value)))));
}

/** A column for each setting of the chosen sweep; values sort in the order of the experiment. */
function settingColumns() {
  const sweep = sweepsOf(state.summary).find(({ name }) => name === state.sweep);
  return (sweep?.settings ?? []).map(({ setting, label, values }) => ({
    key: setting, title: label, isSetting: true, of: (s) => values.indexOf(s.sweep?.values[setting]), show: (at) => String(values[at]),
  }));
}

/** What an experiment file says, without its brackets. */
function scheme(scenario) {
  const plain = (policy) => text(policy).replaceAll(/[{}[\]]|kind: /g, "");
  return plain(scenario.leveller) === "none" ? plain(scenario.sparsifier) : `${plain(scenario.sparsifier)} + ${plain(scenario.leveller)}`;
}

/** The largest wear over the run, each line to its own scale. */
function sparkline(scenario) {
  const values = scenario.timeline.max;
  const most = Math.max(1, ...values);
  const points = values.map((v, i) => `${(1 + (108 * (i + 1)) / values.length).toFixed(1)},${(26 - (24 * v) / most).toFixed(1)}`).join(" ");
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "spark");
  svg.setAttribute("viewBox", "0 0 110 28");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", `largest wear of ${scenario.name} up to ${number(most)} writes`);
  const line = document.createElementNS("http://www.w3.org/2000/svg", "polyline");
  line.setAttribute("points", `1,26 ${points}`);
  svg.append(line);
  return svg;
}

function drawCharts() {
  const chosen = byId("layer-of-charts").value;
  const detail = chosen === "" ? null : state.detail;
  const shown = shownOf(state.summary, state.sweep);
  const only = (of) => of && { ...of, scenarios: shown.map((i) => of.scenarios[i]) };
  const summary = { ...only(state.summary), whole: state.summary, chosen: state.sweep };
  for (const chart of charts) chart.show(summary, detail && detail.index === Number(chosen) ? only(detail) : null, only(state.detail));
}

byId("baseline").addEventListener("change", (event) => {
  state.baseline = event.target.value;
  drawScenarios();
});
byId("sweep").addEventListener("change", (event) => {
  state.sweep = event.target.value;
  drawScenarios();
  drawRetirement();
  drawCharts();
});
function chooseLayer(layer) {
  state.layer = layer;
  state.detail = null;
  byId("layer").value = layer ?? "";
  follow();
}
byId("layer").addEventListener("change", (event) => {
  if (byId("layer-of-charts").value !== "") byId("layer-of-charts").value = event.target.value;
  chooseLayer(event.target.value === "" ? null : Number(event.target.value));
});
byId("layer-of-charts").addEventListener("change", (event) => {
  if (event.target.value === "") drawCharts();
  else chooseLayer(Number(event.target.value));
});
addEventListener("hashchange", () => {
  const wanted = wantedRun();
  if (wanted && wanted !== state.run) choose(wanted);
});
listRuns();
