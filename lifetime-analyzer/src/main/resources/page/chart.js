// A chart: says what its numbers mean, shows the scenario that is pointed at, and can be saved as a picture and as a table.
import { Legend } from "./legend.js";
import { number } from "./format.js";
import { COLOURS } from "./look.js";
import { Seen } from "./seen.js";

const dark = matchMedia("(prefers-color-scheme: dark)");

/** More lines at a place than people can read are told by those next to the pointer. */
const TOLD = 8;

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

export class Chart {
  /**
   * @param pointed the scenarios that are pointed at in any chart
   * @param make from summary, the detail of the layer shown or null for the network, and the detail of the layer that maps
   *     show, to { option, table, height, names } of which the height may be left out, or to { missing } that says why there is
   *     nothing to show. With names, of a name and its look each, every series is a scenario of that name, and the names stand below.
   *     Of all three the scenarios are those to show, each with its look; summary.whole has all, and summary.chosen is the chosen sweep.
   * @param onlyIf whether there is such a chart, from the summary; always if it is left out
   */
  constructor(parent, pointed, { name, title, meaning, make, onlyIf }) {
    this.onlyIf = onlyIf ?? (() => true);
    this.name = name;
    this.pointed = pointed;
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
    this.names = document.createElement("div");
    this.legend = new Legend(this.names, pointed);
    pointed.watch(() => this.last && this.made?.names && this.seen.renew());
    this.card.append(header, note, this.missing, this.place, this.names);
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
    this.made = null;
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
    const made = this.made = this.make(...this.last);
    this.buttons.hidden = this.place.hidden = made.missing !== undefined;
    this.names.hidden = !made.names;
    this.missing.hidden = made.missing === undefined;
    this.missing.textContent = made.missing ?? "";
    if (made.missing !== undefined) return;
    this.table = made.table;
    this.place.style.height = made.height ? `${made.height}px` : "";
    if (this.chart === null) {
      this.chart = echarts.init(this.place, dark.matches ? "dark" : null, { renderer: "canvas" });
      this.listen();
    } else this.chart.resize();
    if (made.names) this.legend.show(made.names);
    this.chart.setOption(this.option(made), { notMerge: true });
  }

  /** A line that is pointed at is found among the names, and the other way round. */
  listen() {
    this.chart.on("mouseover", { componentType: "series" }, (event) => this.made.names && this.pointed.point([event.seriesName]));
    this.chart.on("globalout", () => this.pointed.point(null));
    this.chart.getZr().on("mousemove", (event) => {
      this.pointer = event.offsetY;
      if (!event.target) this.pointed.point(null);
    });
  }

  option(made) {
    const { names } = made;
    return {
      backgroundColor: "transparent", color: COLOURS, animation: false,
      aria: { enabled: true, label: { description: `${this.title}: ${made.table.rows.length} rows of ${made.table.head.join(", ")}. The CSV has them all.` } },
      grid: { left: 8, right: 24, top: 30, bottom: names ? 30 : 56, containLabel: true },
      legend: names ? { show: false } : { bottom: 0, type: "scroll" },
      ...made.option,
      ...(names ? { series: made.option.series.map((series, i) => this.looked(series, names[i].look)) } : {}),
      tooltip: {
        ...made.option.tooltip,
        ...(dark.matches ? { backgroundColor: "#2a2d35", borderColor: "#555", textStyle: { color: "#eee" } } : {}),
        ...(names && made.option.tooltip?.trigger === "axis" ? { formatter: (all) => this.told(all, made.option.tooltip.valueFormatter) } : {}),
      },
    };
  }

  /** A scenario's series in its colour, in front if it is pointed at, faded if others are. */
  looked(series, { colour, line, symbol }) {
    const shown = this.pointed.names();
    const isShown = shown.has(series.name);
    const opacity = shown.size > 0 && !isShown ? 0.12 : 1;
    return {
      ...series, id: series.name, symbol, z: isShown ? 5 : 2, emphasis: { disabled: true }, triggerLineEvent: true,
      itemStyle: { color: colour, opacity },
      ...(series.type === "line" ? { symbolSize: 5, lineStyle: { color: colour, width: isShown ? 3.5 : 2, type: line, opacity } } : {}),
    };
  }

  /** The numbers at a place: those that are pointed at, or as many as can be read, next to the pointer. */
  told(all, show) {
    const shown = this.pointed.names();
    const y = (of) => this.chart.convertToPixel({ seriesIndex: of.seriesIndex }, of.value)?.[1] ?? Infinity;
    const known = all.filter((of) => of.value?.[1] != null);
    const pointedAt = known.filter((of) => shown.has(of.seriesName));
    const near = (pointedAt.length > 0 ? pointedAt : [...known]).sort((a, b) => Math.abs(y(a) - this.pointer) - Math.abs(y(b) - this.pointer)).slice(0, TOLD);
    near.sort((a, b) => y(a) - y(b));
    const more = known.length - near.length;
    const lines = near.map((of) => `${of.marker}${echarts.format.encodeHTML(of.seriesName)} <b>${echarts.format.encodeHTML(show(of.value[1]))}</b>`);
    return [echarts.format.encodeHTML(`${number(all[0].axisValue)} ${this.made.option.xAxis.name}`), ...lines, ...(more > 0 ? [`and ${more} more`] : [])].join("<br>");
  }

  png() {
    this.seen.drawNow();
    save(`${this.last[0].run}-${this.name}.png`, this.picture());
  }

  /** The chart as it would be without a pointer, with the names below. */
  picture() {
    const width = Math.max(900, this.place.clientWidth);
    const { names } = this.made;
    const lines = names ? Math.ceil(names.reduce((all, { name }) => all + 50 + 7 * name.length, 0) / (width - 40)) : 0;
    const place = document.createElement("div");
    Object.assign(place.style, { width: `${width}px`, height: `${(this.made.height ?? 420) + 24 * lines}px`, position: "absolute", left: "-9999px" });
    document.body.append(place);
    const chart = echarts.init(place, dark.matches ? "dark" : null, { renderer: "canvas" });
    const option = this.option(this.made);
    chart.setOption({ ...option, ...(names ? { grid: { ...option.grid, bottom: 34 + 24 * lines }, legend: { bottom: 0, type: "plain", data: names.map(({ name }) => name) } } : {}) });
    const url = chart.getDataURL({ pixelRatio: 2, backgroundColor: getComputedStyle(document.body).backgroundColor });
    chart.dispose();
    place.remove();
    return url;
  }

  csv() {
    this.seen.drawNow();
    const url = URL.createObjectURL(new Blob([csv(this.table)], { type: "text/csv" }));
    save(`${this.last[0].run}-${this.name}.csv`, url);
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  }
}
