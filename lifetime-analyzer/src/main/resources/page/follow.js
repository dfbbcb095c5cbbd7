// Follows the chosen runs: their summaries and one layer of each come as server-sent events, made anew for another layer.

export class Followed {
  /**
   * @param runs their names
   * @param news is called with this when all summaries are there, and whenever something new has come since
   * @param ended is called when no run has news any more
   */
  constructor(runs, news, ended) {
    Object.assign(this, { runs, news, ended, summaries: new Map(), details: new Map(), layer: null, sources: [], over: new Set() });
    this.open();
  }

  close() {
    for (const source of this.sources) source.close();
    this.sources = [];
  }

  /** The summaries in the order of the runs; null until all are there. */
  all() {
    const all = this.runs.map((run) => this.summaries.get(run));
    return all.every(Boolean) ? all : null;
  }

  /** Whether the layer of each run that has it is there. */
  hasLayer() {
    return this.runs.every((run) => this.details.has(run) || this.indexIn(run) === null);
  }

  /** @param layer name of the layer to follow; null for none */
  follow(layer) {
    if (this.layer === layer) return;
    this.layer = layer;
    this.details.clear();
    this.open();
  }

  /** The index of the followed layer; null if the run has none of its name. */
  indexIn(run) {
    const index = this.layer === null ? -1 : (this.summaries.get(run)?.layers.findIndex(({ name }) => name === this.layer) ?? -1);
    return index < 0 ? null : index;
  }

  open() {
    this.close();
    this.over.clear();
    this.sources = this.runs.map((run) => {
      const layer = this.indexIn(run);
      const source = new EventSource(`api/runs/${encodeURIComponent(run)}/events${layer === null ? "" : `?layer=${layer}`}`);
      // What comes late, of a run or layer that was chosen before, is no news.
      const on = (type, take) => source.addEventListener(type, (event) => {
        if (!this.sources.includes(source)) return;
        take(JSON.parse(event.data));
        if (this.all() !== null) this.news(this);
      });
      // A run is what its folder is called: people rename folders, and keep copies.
      on("summary", (summary) => this.summaries.set(run, { ...summary, run }));
      on("layer", (detail) => {
        if (detail.index === layer) this.details.set(run, detail);
      });
      source.addEventListener("end", () => {
        source.close();
        if (!this.sources.includes(source)) return;
        this.over.add(run);
        if (this.over.size === this.runs.length && this.all() !== null) this.ended(this.all());
      });
      return source;
    });
  }
}
