// The page: lists runs, follows the chosen ones by server-sent events, and draws what comes. All numbers come from /api.
import { readView, writeView } from "./address.js";
import { allCharts } from "./charts.js";
import { byId, element } from "./dom.js";
import { Followed } from "./follow.js";
import { number, text } from "./format.js";
import { Pointed } from "./legend.js";
import { groupings, looks, usualGrouping } from "./look.js";
import { WearMaps } from "./maps.js";
import { RunList } from "./runs.js";
import { ALL, shownOf, sweepsOf } from "./sweeps.js";
import { ScenarioTable, showRetirement } from "./table.js";
import { crossbarsTogether, layerTogether, summariesTogether } from "./together.js";

// How the table is sorted outlasts a change of run; everything else is of the chosen runs, and forgotten with them.
const state = ofNoRun();
const pointed = new Pointed();
const charts = allCharts(byId("charts"), pointed);
const maps = new WearMaps(byId("maps"), byId("which"), byId("time"), byId("time-text"), byId("tip"), remember);
const table = new ScenarioTable(remember);
const list = new RunList(choose, say);
pointed.onMark = remember;

/** What is known of runs that have just been chosen: nothing. */
function ofNoRun() {
  return { followed: null, summary: null, detail: null, view: { runs: [] } };
}

function say(what) {
  if (byId("said").textContent !== what) byId("said").textContent = what;
}

/** Puts what is looked at into the address. */
function remember() {
  const { view } = state;
  const said = writeView({ ...view, ...(state.summary ? maps.chosen : {}), marked: [...pointed.marked], sort: table.sort });
  if (location.hash !== said) history.replaceState(null, "", said);
}

// The chosen runs

/** @param view which runs, and what is said of how to look at them */
function choose(view) {
  forget();
  state.view = view;
  if (view.sort !== undefined) table.sort = view.sort;
  pointed.mark(view.marked ?? []);
  remember();
  say(`Run ${view.runs.join(" and ")}: its numbers are on their way.`);
  list.draw(view.runs);
  state.followed = new Followed(view.runs, take, (summaries) => say(summaries.map(ended).join(" ")));
}

/** Nothing of the runs before may be seen, pressed or drawn together with what comes of the next ones. */
function forget() {
  state.followed?.close();
  Object.assign(state, ofNoRun());
  byId("run").hidden = true;
  for (const id of ["run-title", "links", "warnings", "notices", "baseline", "sweep", "group", "layer", "layer-of-charts", "most"]) byId(id).replaceChildren();
  table.forget();
  for (const chart of charts) chart.forget();
  maps.forget();
}

function ended(summary) {
  const done = `${number(summary.iterations)} of ${number(summary.plannedIterations)} iterations`;
  return summary.complete ? `Run ${summary.run} is finished: ${done}.` : `Run ${summary.run} is over and not complete: ${done}, up to which the wear of every layer was reported; gradients and some layers may be further.`;
}

function take(followed) {
  const summaries = followed.all();
  const born = summaries.map(({ createdAt }) => createdAt).join(" ");
  // A run of the same name that was announced later is another run.
  if (state.summary !== null && state.born !== born) return choose(state.view);
  const first = state.summary === null;
  state.born = born;
  state.summary = summariesTogether(summaries);
  if (first) fillSelects(state.summary);
  const layer = layerChosen();
  followed.follow(layer === null ? null : state.summary.layers[layer].name);
  state.detail = layer !== null && followed.hasLayer() ? layerTogether(state.summary, layer, followed.details) : null;
  say(summaries.map((one) => `Run ${one.run}: ${number(one.iterations)} of ${number(one.plannedIterations)} iterations.`).join(" "));
  draw(summaries);
}

function draw(summaries) {
  const { summary } = state;
  byId("run").hidden = false;
  byId("run-title").textContent = summary.run;
  byId("links").replaceChildren(...summaries.map((one) => element("p", {}, ...links(one, summary.runs.length > 1))));
  byId("warnings").hidden = summary.warnings.length === 0;
  byId("warnings").replaceChildren(element("strong", {}, "INCOMPLETE"), element("ul", {}, ...summary.warnings.map((warning) => element("li", {}, warning))));
  drawNotices(summary);
  drawTables();
  drawCharts();
  if (layerChosen() === null) showMaps(crossbarsTogether(summary));
  else if (state.detail) showMaps(state.detail);
}

/** Those of a sweep's scenarios stand together, folded. What has not changed is left alone, with the focus and what is unfolded. */
function drawNotices({ notices, noticeSweeps: sweeps }) {
  byId("notices").hidden = notices.length === 0;
  const shown = JSON.stringify(notices);
  if (byId("notices").dataset.shown === shown && byId("notices").childElementCount > 0) return;
  byId("notices").dataset.shown = shown;
  const of = (sweep) => notices.filter((_, i) => sweeps[i] === sweep);
  const lines = notices.flatMap((notice, i) => {
    if (sweeps[i] == null || of(sweeps[i]).length === 1) return [element("li", {}, notice)];
    if (sweeps.indexOf(sweeps[i]) < i) return [];
    const all = of(sweeps[i]);
    return [element("li", {}, element("details", {}, element("summary", {}, `Sweep ${sweeps[i]}: ${number(all.length)} notices on its scenarios. The first: ${all[0]}`), element("ul", {}, ...all.map((one) => element("li", {}, one)))))];
  });
  byId("notices").replaceChildren(...lines);
}

function links(summary, isOneOfSeveral) {
  const title = isOneOfSeveral ? [element("b", {}, summary.run), `, ${number(summary.iterations)} of ${number(summary.plannedIterations)} iterations: `] : [];
  const about = [...title, `${summary.source}; ${summary.layers.length} layers. `];
  if (!list.isOver(summary.run)) return [...about, "Its files come at its end."];
  const tables = ["schemes", ...(summary.scenarios.some((s) => s.sweep) ? ["sweeps"] : []), "wear", "timeline", "lifetime", "failures", ...(summary.scenarios.some((s) => s.accuracies) ? ["accuracy"] : [])];
  const file = (name, title) => element("a", { href: `reports/${encodeURIComponent(summary.run)}/${name}` }, title);
  return [...about, "Report: ", file("report.html", "page"), ", ", file("report.json", "JSON"), ...tables.flatMap((name) => [", ", file(`${name}.csv`, name)]), "; with .parquet for .csv as Parquet."];
}

// What is chosen of the runs

function fillSelects(summary) {
  const option = (value, title) => element("option", { value }, title);
  const { view } = state;
  const several = summary.runs.length > 1;
  const scenarios = (run) => summary.scenarios.flatMap((s, i) => (s.run === run ? [option(`s${i}`, s.ownName)] : []));
  byId("baseline").replaceChildren(option("", "nothing"), ...(several
    ? [element("optgroup", { label: "The same scenario of run" }, ...summary.runs.map((run, i) => option(`r${i}`, run))), ...summary.runs.map((run) => element("optgroup", { label: run }, ...scenarios(run)))]
    : scenarios(summary.runs[0])));
  byId("baseline").value = baselineOf(summary, view);
  const sweeps = sweepsOf(summary);
  byId("of-sweeps").hidden = sweeps.length === 0;
  byId("sweep").replaceChildren(option("", "of each sweep the best"), ...sweeps.map(({ name }) => option(name, name)), option(ALL, "all"));
  choosePossible(byId("sweep"), view.scenarios ?? "", "");
  byId("group").replaceChildren(...groupings(summary).map(({ key, title }) => option(key, title)));
  choosePossible(byId("group"), view.by ?? "", usualGrouping(summary));
  byId("layer").replaceChildren(option("", "the whole network, by crossbars"), ...summary.layers.map((l, i) => option(i, l.name)));
  const wanted = summary.layers.findIndex(({ name }) => name === view.layer);
  byId("layer").value = view.layer === "" ? "" : String(Math.max(0, wanted));
  byId("layer-of-charts").replaceChildren(option("", "the whole network"), ...summary.layers.map((l, i) => option(i, l.name)));
  byId("layer-of-charts").value = view.charts === "layer" ? byId("layer").value : "";
  maps.scenarios(summary.scenarios.map((s) => s.name), shownOf(summary, ""), sweeps, view.maps, view.after);
  choosePossible(byId("colour"), view.colour ?? "", "writes");
  maps.colourBy(byId("colour").value);
}

/** Chooses what is wanted if it is there, or else what is usual. */
function choosePossible(select, wanted, usual) {
  select.value = wanted;
  if (select.selectedIndex < 0) select.value = usual;
}

/** What others are compared with: a run, of several the first, or a scenario, of one run the dense one. */
function baselineOf(summary, view) {
  if (view.baselineRun !== undefined && summary.runs.includes(view.baselineRun) && summary.runs.length > 1) return `r${summary.runs.indexOf(view.baselineRun)}`;
  if (view.baseline === "") return "";
  const named = summary.scenarios.findIndex(({ name }) => name === view.baseline);
  if (named >= 0) return `s${named}`;
  if (summary.runs.length > 1) return "r0";
  const dense = summary.scenarios.findIndex((s) => text(s.sparsifier).includes("kind: dense"));
  return dense >= 0 ? `s${dense}` : "";
}

/** What a scenario is compared with. */
function base() {
  const { summary } = state;
  const chosen = byId("baseline").value;
  if (chosen === "") return { title: null, of: () => null };
  if (chosen.startsWith("s")) {
    const scenario = summary.scenarios[Number(chosen.slice(1))];
    return { title: scenario.name, of: () => scenario };
  }
  const run = summary.runs[Number(chosen.slice(1))];
  return { title: `the same scenario of ${run}`, of: (s) => summary.scenarios.find((other) => other.run === run && other.ownName === s.ownName) ?? null };
}

/** The index of the layer on the maps; null for the network's crossbars. */
function layerChosen() {
  return byId("layer").value === "" ? null : Number(byId("layer").value);
}

function showMaps(detail) {
  const isOf = detail.columns ? `${number(detail.logicalRows)} rows × ${number(detail.columns)} columns${detail.map ? `; ${detail.map}` : ""}` : "";
  byId("lies").textContent = isOf;
  byId("most").textContent = number(maps.show(detail, state.summary));
}

function drawTables() {
  table.show(state.summary, byId("sweep").value, base());
  showRetirement(state.summary, byId("sweep").value);
}

function drawCharts() {
  const shown = shownOf(state.summary, byId("sweep").value);
  const looksOf = looks(shown.map((i) => state.summary.scenarios[i]), byId("group").value);
  const only = (of) => of && { ...of, scenarios: shown.map((i) => of.scenarios[i]) };
  const summary = { ...state.summary, scenarios: shown.map((i, at) => ({ ...state.summary.scenarios[i], look: looksOf[at] })), whole: state.summary, chosen: byId("sweep").value };
  const isOfLayer = byId("layer-of-charts").value !== "";
  // Those of the network are not drawn while those of a layer are on their way.
  if (isOfLayer && !state.detail) return;
  for (const chart of charts) chart.show(summary, isOfLayer ? only(state.detail) : null, only(state.detail));
}

/** A choice: what it says in the address, and what is drawn anew. */
function onChange(id, said, renew) {
  byId(id).addEventListener("change", (event) => {
    Object.assign(state.view, said(event.target.value));
    renew();
    remember();
  });
}
onChange("baseline", (value) => ({
  baselineRun: value.startsWith("r") ? state.summary.runs[Number(value.slice(1))] : undefined,
  baseline: value === "" ? "" : value.startsWith("s") ? state.summary.scenarios[Number(value.slice(1))].name : undefined,
}), drawTables);
onChange("sweep", (value) => ({ scenarios: value === "" ? undefined : value }), () => { drawTables(); drawCharts(); });
onChange("group", (value) => ({ by: value }), drawCharts);
onChange("layer", (value) => {
  if (byId("layer-of-charts").value !== "") byId("layer-of-charts").value = value;
  return layerSaid();
}, takeLayer);
onChange("colour", (value) => ({ colour: value === "writes" ? undefined : value }), () => (byId("most").textContent = number(maps.colourBy(byId("colour").value))));
onChange("layer-of-charts", (value) => {
  if (value !== "") byId("layer").value = value;
  return layerSaid();
}, takeLayer);

function layerSaid() {
  const layer = layerChosen();
  return { layer: layer === null ? "" : layer === 0 ? undefined : state.summary.layers[layer].name, charts: byId("layer-of-charts").value === "" ? undefined : "layer" };
}

/** Another layer, or the same for other charts. */
function takeLayer() {
  take(state.followed);
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => state.summary && drawCharts());
addEventListener("hashchange", () => {
  const view = readView(location.hash);
  const runs = list.known(view.runs);
  if (runs.length > 0) choose({ ...view, runs });
});
list.start(() => readView(location.hash));
