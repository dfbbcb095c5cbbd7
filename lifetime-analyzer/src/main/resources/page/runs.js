// The list of runs: how far each is, and which are chosen, one or several side by side.
import { byId, element } from "./dom.js";
import { duration, number, short } from "./format.js";

/** A browser keeps six connections to a host; each run that goes on takes one, and the list and files need some. */
const MOST_LIVE = 4;

async function get(path) {
  const answer = await fetch("api" + path);
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
}

export class RunList {
  /**
   * @param choose takes a view of other runs
   * @param say tells people what happens
   */
  constructor(choose, say) {
    Object.assign(this, { choose, say, runs: [], chosen: [] });
  }

  /** @param wanted gives the view that the address asks for */
  start(wanted) {
    this.look(wanted);
  }

  async look(wanted) {
    try {
      this.runs = await get("/runs");
      if (this.chosen.length === 0 && this.runs.length > 0) {
        const view = wanted();
        const runs = this.known(view.runs);
        this.choose({ ...(runs.length > 0 ? view : {}), runs: runs.length > 0 ? runs : [this.runs[0].run] });
      }
      this.draw(this.chosen);
      if (this.runs.length === 0) this.say("No run has been announced yet. The page shows the first one as soon as it begins.");
    } catch (error) {
      this.say("The service cannot be reached: " + error.message);
    }
    // Only the list, which is small; the chosen runs send their news by themselves.
    setTimeout(() => this.look(wanted), this.runs.some((run) => run.state === "running") ? 2000 : 5000);
  }

  /** Those of the names that are runs. */
  known(names) {
    return names.filter((name) => this.runs.some(({ run }) => run === name));
  }

  isOver(name) {
    return this.runs.some(({ run, state }) => run === name && state !== "running");
  }

  draw(chosen) {
    this.chosen = chosen;
    const focused = document.activeElement?.dataset;
    const key = focused?.run ? `[data-run="${CSS.escape(focused.run)}"]` : focused?.beside ? `[data-beside="${CSS.escape(focused.beside)}"]` : null;
    byId("runs").tBodies[0].replaceChildren(...this.runs.map((run) => this.row(run)));
    if (key) byId("runs").querySelector(key)?.focus();
  }

  row(run) {
    const isChosen = this.chosen.includes(run.run);
    const button = element("button", { type: "button", "data-run": run.run }, run.run);
    button.addEventListener("click", () => this.choose({ runs: [run.run] }));
    const box = element("input", { type: "checkbox", "data-beside": run.run, "aria-label": `${run.run} side by side with others` });
    box.checked = isChosen;
    box.disabled = isChosen && this.chosen.length === 1;
    box.addEventListener("change", () => this.toggle(run.run, box.checked));
    const share = run.plannedIterations ? run.iterations / run.plannedIterations : 0;
    const progress = element("progress", { max: 1, value: share, "aria-label": "iterations done" });
    return element("tr", { "aria-current": isChosen ? "true" : null },
      element("td", {}, box),
      element("td", {}, button, element("small", {}, run.name)),
      element("td", {}, run.state),
      element("td", {}, progress, element("small", {}, `${number(run.iterations)} of ${number(run.plannedIterations)}`)),
      element("td", {}, run.perSecond == null ? "" : short(run.perSecond)),
      element("td", {}, run.secondsLeft == null ? "" : duration(run.secondsLeft)),
      element("td", {}, run.createdAt.replace("T", " ").slice(0, 19)));
  }

  toggle(name, isWanted) {
    const runs = isWanted ? [...this.chosen, name] : this.chosen.filter((run) => run !== name);
    if (runs.filter((run) => !this.isOver(run)).length > MOST_LIVE) {
      this.draw(this.chosen);
      return this.say(`At most ${MOST_LIVE} runs that go on are shown side by side; a browser has no connections for more.`);
    }
    return this.choose({ runs });
  }
}
