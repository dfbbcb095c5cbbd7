// The table of scenarios: their numbers, sortable, with the differences to a baseline.
import { byId, element } from "./dom.js";
import { number, percent, short, signed } from "./format.js";
import { common, fullText, ownText, settingsText } from "./settings.js";
import { shownOf, sweepsOf } from "./sweeps.js";

const ofDevice = (s) => s.device != null;
const projected = (v, of) => (of.projected ? "~ " : "") + short(v);
const phone = matchMedia("(max-width: 40rem)");

// What people ask for first stands first: it is on the screen of a phone. Pages of before losses were counted have none of them.
const FIRST = [
  { key: "firstLoss", title: "First loss", of: (s) => s.device?.firstLoss?.iterations ?? null, show: (v, s) => projected(v, s.device.firstLoss), differs: short, onlyIf: ofDevice },
  { key: "lifetimeExtension", title: "Extension", of: (s) => s.lifetimeExtension, show: (v) => short(v) + "×", differs: short },
];
const FURTHER = [
  { key: "bound", title: "Bound", of: (s) => s.bound, show: (v) => short(v) + "×", differs: short },
  { key: "efficiency", title: "Efficiency", of: (s) => s.efficiency, show: percent, isShare: true },
  { key: "overhead", title: "Overhead", of: (s) => s.overhead, show: percent, isShare: true },
  { key: "firstLossEfficiency", title: "First loss of its bound", of: (s) => s.device?.firstLoss?.efficiency ?? null, show: percent, isShare: true, onlyIf: ofDevice },
  { key: "lostWeights", title: "Lost weights", of: (s) => (s.device?.weights ? s.device.lostWeights / s.device.weights : null), show: percent, isShare: true, onlyIf: ofDevice },
  { key: "firstFailure", title: "First failure", of: (s) => s.device?.lifetime?.[0]?.iterations ?? null, show: (v, s) => projected(v, s.device.lifetime[0]), differs: short, onlyIf: ofDevice },
  { key: "accuracy", title: "Accuracy", of: (s) => s.accuracy, show: percent, isShare: true, onlyIf: (s) => s.accuracy != null },
  { key: "maxCellWrites", title: "Largest wear", of: (s) => s.maxCellWrites, show: number, differs: number },
  { key: "meanCellWrites", title: "Mean wear", of: (s) => s.meanCellWrites, show: short, differs: short },
];

/** A column for each setting of the chosen sweep; values sort in the order of the experiment. */
function settingColumns(summary, chosen) {
  const sweep = sweepsOf(summary).find(({ name }) => name === chosen);
  return (sweep?.settings ?? []).map(({ setting, label, values }) => ({
    key: setting, title: label, isSetting: true, of: (s) => { const at = values.indexOf(s.sweep?.values[setting]); return at < 0 ? null : at; }, show: (at) => String(values[at]),
  }));
}

/** On a phone the numbers stand before the settings, which the names say too. */
function columnsOf(summary, chosen) {
  const settings = settingColumns(summary, chosen);
  const numbers = (columns) => columns.filter((c) => !c.onlyIf || summary.scenarios.some(c.onlyIf));
  return phone.matches ? [...numbers(FIRST), ...settings, ...numbers(FURTHER)] : [...settings, ...numbers(FIRST), ...numbers(FURTHER)];
}

/** What stands below the name: the run of one of several, and the settings that tell it from the others. */
function below(summary, scenario, shared) {
  return [...(summary.runs.length > 1 ? [element("small", { class: "of-run" }, scenario.run)] : []), element("small", {}, ownText(scenario, shared))];
}

/** What all scenarios have alike, once; and every setting of each, for who unfolds it. */
function showSettings(summary, scenarios, shared) {
  const alike = settingsText(shared);
  byId("alike").textContent = alike === "" ? "" : `All scenarios: ${alike}. Settings at their defaults are left out.`;
  byId("settings").lastElementChild.replaceChildren(...scenarios.map(({ name, ...s }) => element("li", {}, element("b", {}, name), ": ", fullText(s))));
}

export class ScenarioTable {
  /** @param sorted is called when another column is sorted by */
  constructor(sorted) {
    Object.assign(this, { sorted, key: null, down: true, last: null });
    phone.addEventListener("change", () => this.last && this.show(...this.last));
  }

  forget() {
    this.last = null;
    const table = byId("scenarios");
    for (const part of [table.caption, table.tHead, table.tBodies[0]]) part.replaceChildren();
  }

  /** How the table is sorted, as the address says it: a column's key, with a minus where the least come first. */
  get sort() {
    return this.key === null ? undefined : (this.down ? "" : "-") + this.key;
  }

  set sort(said) {
    this.key = said ? said.replace(/^-/, "") : null;
    this.down = !said?.startsWith("-");
  }

  /**
   * @param chosen the scenarios to show, see shownOf
   * @param base gives the scenario that one is compared with, or null, and `title` says what that is
   */
  show(summary, chosen, base) {
    this.last = [summary, chosen, base];
    const table = byId("scenarios");
    const columns = columnsOf(summary, chosen);
    this.head(table.tHead, columns);
    const scenarios = shownOf(summary, chosen).map((index) => ({ scenario: summary.scenarios[index], index }));
    const shared = common(summary.scenarios);
    showSettings(summary, scenarios.map(({ scenario }) => scenario), shared);
    const column = columns.find((c) => c.key === this.key);
    if (column) {
      const value = (entry) => column.of(entry.scenario) ?? -Infinity;
      scenarios.sort((a, b) => (this.down ? value(b) - value(a) : value(a) - value(b)) || a.index - b.index);
    }
    table.caption.textContent = "Press a heading to sort." + (base.title ? ` Small: the difference to ${base.title}, and how many times that it is.` : "");
    table.tBodies[0].replaceChildren(...scenarios.map(({ scenario }) => element("tr", {},
      element("th", { scope: "row" }, scenario.ownName, ...below(summary, scenario, shared)),
      ...columns.map((c) => cell(c, scenario, base.of(scenario))),
      element("td", {}, sparkline(scenario)))));
  }

  head(head, columns) {
    const title = (text, column) => {
      if (!column) return element("th", { scope: "col" }, text);
      const isSorted = this.key === column.key;
      const button = element("button", { type: "button", "data-key": column.key }, text);
      button.addEventListener("click", () => {
        Object.assign(this, { key: column.key, down: isSorted ? !this.down : true });
        this.show(...this.last);
        this.sorted();
      });
      return element("th", { scope: "col", "aria-sort": isSorted ? (this.down ? "descending" : "ascending") : null }, button);
    };
    const focused = head.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    head.replaceChildren(element("tr", {}, title("Scenario"), ...columns.map((column) => title(column.title, column)), title("Wear over time")));
    if (focused) head.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
  }
}

function cell(column, scenario, base) {
  const value = column.of(scenario);
  const made = element("td", { "data-key": column.key, "data-value": value ?? "" }, value == null ? "–" : column.show(value, scenario));
  const other = base && base !== scenario && !column.isSetting ? column.of(base) : null;
  if (value == null || other == null) return made;
  // Shares differ by points of a hundred.
  const difference = column.isShare ? `${signed(100 * (value - other), short)} pp` : signed(value - other, column.differs);
  made.append(element("small", {}, difference), ...(other === 0 ? [] : [element("small", {}, `× ${short(value / other)}`)]));
  return made;
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

/** Costs of giving up failed rows, of the shown scenarios that do. */
export function showRetirement(summary, chosen) {
  const giving = shownOf(summary, chosen).map((index) => summary.scenarios[index]).filter((s) => s.retirement);
  byId("retiring").hidden = giving.length === 0;
  byId("retirement").tBodies[0].replaceChildren(...giving.map(({ name, overhead, stateBitsPerRow, retirement: r }) => element("tr", {},
    element("th", { scope: "row" }, name),
    ...[percent(overhead), short(stateBitsPerRow), number(r.verifyReads), short(r.readPasses.mean), number(r.readPasses.atEnd), number(r.readPasses.most), number(r.retiredRows), `${number(r.spareRowsUsed)} of ${number(r.spareRows)}`].map((value) => element("td", {}, value)))));
}
