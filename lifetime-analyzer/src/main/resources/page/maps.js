// Wear maps: a square a physical row, drawn pixel by pixel on canvases with one scale for all.
import { number, percent, short } from "./format.js";
import { extent } from "./scales.js";
import { Seen } from "./seen.js";

// Lightness rises evenly, so the order shows in print and to colour-blind eyes too; the same as in report.html.
export const STOPS = [[28, 16, 68], [46, 62, 122], [38, 108, 140], [36, 152, 136], [104, 190, 92], [244, 228, 66]];

/** More can be chosen. */
const SHOWN_FIRST = 4;

function colour(writes, most) {
  if (writes <= 0) return [0, 0, 0];
  const place = Math.min(1, Math.log(writes) / Math.log(Math.max(2, most))) * (STOPS.length - 1);
  const stop = Math.min(STOPS.length - 2, Math.floor(place));
  return STOPS[stop].map((from, channel) => Math.round(from + (place - stop) * (STOPS[stop + 1][channel] - from)));
}

/** A line before a square, which may begin in the middle of a line of squares. */
function border(pen, square, width, scale, thickness) {
  const [x, y] = [(square % width) * scale, Math.floor(square / width) * scale];
  pen.fillRect(x, y - thickness / 2, width * scale - x, thickness);
  if (x === 0) return;
  pen.fillRect(0, y + scale - thickness / 2, x, thickness);
  pen.fillRect(x - thickness / 2, y, thickness, scale);
}

function ring(pen, square, width, scale) {
  pen.strokeStyle = "#fff";
  pen.lineWidth = Math.max(1, scale / 6);
  pen.beginPath();
  pen.arc((square % width + 0.5) * scale, (Math.floor(square / width) + 0.5) * scale, Math.max(1, scale / 2 - 1), 0, 2 * Math.PI);
  pen.stroke();
  pen.lineWidth = 1;
}

export class WearMaps {
  /** @param changed is called when somebody chose other scenarios or another time */
  constructor(place, which, time, timeText, tip, changed) {
    Object.assign(this, { place, which, time, timeText, tip, changed, figures: new Map() });
    this.seen = new Seen(place.parentElement, () => this.draw());
    this.forget();
    time.addEventListener("input", () => {
      this.after = Number(time.value) === Number(time.max) ? null : this.moments[Number(time.value)];
      this.draw();
      this.changed();
    });
    document.querySelector(".legend div").style.background = `linear-gradient(to right, ${STOPS.map((s) => `rgb(${s})`).join(",")})`;
  }

  /** Another run was chosen: its maps begin at its latest time, and none of the one before is drawn or pointed at. */
  forget() {
    Object.assign(this, { names: [], shown: new Set(), detail: null, summary: null, most: 1, after: null, moments: [], by: "writes" });
    this.seen.forget();
    this.place.replaceChildren();
    this.which.replaceChildren();
    this.figures.clear();
    this.time.max = 0;
    this.time.value = 0;
    this.timeText.textContent = "";
    this.tip.hidden = true;
  }

  /**
   * The scenarios of the chosen runs. Those of a sweep are folded into one group.
   *
   * @param usual which of them to show, by index, unless somebody has chosen; the first of them, as many as a screen takes
   * @param chosen names of those that somebody chose; undefined if nobody did
   * @param after iterations of the time that somebody chose; undefined for the latest
   */
  scenarios(names, usual, sweeps, chosen, after) {
    this.forget();
    this.names = names;
    this.usual = usual.slice(0, SHOWN_FIRST);
    this.after = after ?? null;
    this.shown = new Set(chosen === undefined ? this.usual : [...names.keys()].filter((i) => chosen.includes(names[i])));
    const boxes = names.map((name, i) => {
      const label = document.createElement("label");
      const box = document.createElement("input");
      box.type = "checkbox";
      box.checked = this.shown.has(i);
      box.addEventListener("change", () => {
        if (box.checked) this.shown.add(i);
        else this.shown.delete(i);
        this.draw();
        this.changed();
      });
      label.append(box, " ", name);
      return label;
    });
    this.which.replaceChildren(...boxes.flatMap((box, i) => {
      const sweep = sweeps.find(({ scenarios }) => scenarios.includes(i));
      if (!sweep) return [box];
      return sweep.scenarios[0] === i ? [this.group(sweep, boxes)] : [];
    }));
  }

  /** The check boxes of a sweep; how many are chosen stands on the fold. */
  group({ name, scenarios }, boxes) {
    const details = document.createElement("details");
    const summary = document.createElement("summary");
    const say = () => (summary.textContent = `${name}: ${number(scenarios.filter((i) => this.shown.has(i)).length)} of ${number(scenarios.length)}`);
    const inside = document.createElement("div");
    inside.setAttribute("role", "group");
    inside.setAttribute("aria-label", `Scenarios of sweep ${name}`);
    inside.append(...scenarios.map((i) => boxes[i]));
    inside.addEventListener("change", say);
    say();
    details.append(summary, inside);
    return details;
  }

  /** Takes a layer; returns the writes at the end of the scale. */
  show(detail, summary) {
    if (detail.layer !== this.detail?.layer) {
      for (const figure of this.figures.values()) figure.querySelector("canvas").at = undefined;
      this.tip.hidden = true;
    }
    this.detail = detail;
    this.summary = summary;
    const ends = Math.max(0, ...summary.scenarios.map((s) => s.iterations));
    this.moments = [...new Set(detail.scenarios.flatMap((s) => s.history.map((past) => past.iterations)))].filter((at) => at < ends).sort((a, b) => a - b);
    this.time.max = this.moments.length;
    const at = this.after === null ? -1 : this.moments.findIndex((moment) => moment >= this.after);
    this.time.value = at < 0 ? this.moments.length : at;
    this.seen.renew();
    return this.scale();
  }

  /** The number at the end of the scale, which is one for all maps. */
  scale() {
    const values = (s) => (this.by === "moves" ? (s.moves ?? []) : s.rowWrites);
    this.most = Math.max(1, ...this.detail.scenarios.map((s) => extent(values(s))[1]));
    return this.most;
  }

  /** @param by `writes` or `moves`: what the colours show; returns the number at the end of the scale */
  colourBy(by) {
    this.by = by;
    this.seen.renew();
    return this.detail ? this.scale() : 1;
  }

  /** What was chosen, to be said in the address: undefined is what nobody chose. */
  get chosen() {
    const isUsual = this.shown.size === this.usual?.length && this.usual.every((i) => this.shown.has(i));
    return { maps: isUsual || !this.usual ? undefined : [...this.shown].sort((a, b) => a - b).map((i) => this.names[i]), after: this.after ?? undefined };
  }

  /** Iterations of the chosen time; none is the end of each scenario. */
  at() {
    return this.moments[Number(this.time.value)] ?? Infinity;
  }

  /** What a scenario's map shows at the chosen time: its last report before, or how it ended; of moves, how often up to its end. */
  moment(index, by = this.by) {
    const scenario = this.detail.scenarios[index];
    const { iterations } = this.summary.scenarios[index];
    if (by === "moves") {
      const values = scenario.moves ? scenario.holds.map((row) => (row < 0 ? 0 : scenario.moves[row])) : scenario.rowWrites.map(() => 0);
      return { values, perSquare: scenario.rowsPerBucket, holds: scenario.holds, failures: scenario.failures, iterations, isEnd: true };
    }
    if (this.at() >= iterations || scenario.history.length === 0) {
      return { values: scenario.rowWrites, perSquare: scenario.rowsPerBucket, holds: scenario.holds, failures: scenario.failures, cells: scenario.cellWrites, iterations, isEnd: true };
    }
    const past = scenario.history.filter((one) => one.iterations <= this.at()).pop();
    const perSquare = scenario.historyRowsPerBucket;
    return past ? { values: past.writes, perSquare, iterations: past.iterations } : { values: scenario.history[0].writes.map(() => 0), perSquare, iterations: 0 };
  }

  draw() {
    if (!this.detail) return;
    const order = [...this.shown].sort((a, b) => a - b);
    for (const [index, figure] of this.figures) if (!this.shown.has(index)) { figure.remove(); this.figures.delete(index); }
    order.forEach((index, at) => {
      if (!this.figures.has(index)) this.figures.set(index, this.figure(index));
      const figure = this.figures.get(index);
      // One that is moved loses the keyboard's focus.
      if (this.place.children[at] !== figure) this.place.insertBefore(figure, this.place.children[at] ?? null);
      this.paint(index);
    });
    const ends = order.map((index) => this.moment(index).iterations);
    this.timeText.textContent = ends.length === 0 ? "" : `${number(Math.min(this.at(), Math.max(...ends)))} iterations`;
  }

  figure(index) {
    const figure = document.createElement("figure");
    const canvas = document.createElement("canvas");
    canvas.tabIndex = 0;
    canvas.setAttribute("role", "img");
    const caption = document.createElement("figcaption");
    const frame = document.createElement("div");
    frame.className = "frame";
    frame.append(canvas);
    figure.append(frame, caption);
    canvas.addEventListener("pointermove", (event) => this.point(index, event));
    canvas.addEventListener("pointerleave", () => this.leave());
    canvas.addEventListener("blur", () => this.leave());
    canvas.addEventListener("keydown", (event) => this.key(index, event));
    return figure;
  }

  layout(index) {
    const { cells, values, perSquare } = this.moment(index);
    if (cells) return { width: cells.length, height: cells[0].length, cells };
    const scenario = this.detail.scenarios[index];
    // Up to four times as wide as high, and whole lines to a crossbar where that can be.
    let width = 8;
    if (values.length === 0) return { width: 1, height: 1 };
    while (width * width < values.length && (scenario.crossbars || scenario.crossbarSize % (2 * width) === 0)) width *= 2;
    return { width: Math.min(width, values.length), height: Math.ceil(values.length / width) };
  }

  paint(index) {
    const { values, failures, holds, iterations, perSquare } = this.moment(index);
    const { width, height, cells } = this.layout(index);
    const canvas = this.figures.get(index).querySelector("canvas");
    const scale = Math.max(2, Math.min(16, Math.floor(640 / width)));
    canvas.width = width * scale;
    canvas.height = height * scale;
    const pen = canvas.getContext("2d");
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const writes = cells ? cells[x][y] : values[y * width + x];
        if (writes === undefined) continue;
        pen.fillStyle = `rgb(${colour(writes, this.most)})`;
        pen.fillRect(x * scale, y * scale, scale, scale);
        if (!cells && failures?.[y * width + x] > 0) {
          pen.strokeStyle = "#f33";
          pen.beginPath();
          pen.moveTo(x * scale, y * scale);
          pen.lineTo((x + 1) * scale, (y + 1) * scale);
          // One stroke where no weights are that could be lost.
          if (!(holds?.[y * width + x] < 0)) {
            pen.moveTo((x + 1) * scale, y * scale);
            pen.lineTo(x * scale, (y + 1) * scale);
          }
          pen.stroke();
        }
      }
    }
    this.lines(pen, index, { width, scale, perSquare, cells });
    const { firstLost, firstLoss } = this.detail.scenarios[index];
    const isLost = firstLoss != null && !firstLoss.projected && firstLoss.iterations <= iterations;
    this.figures.get(index).classList.toggle("lost", isLost);
    if (isLost && !cells) for (const row of firstLost ?? []) ring(pen, Math.floor(row / perSquare), width, scale);
    const most = Math.max(0, extent(values)[1]);
    const what = this.detail.scenarios[index].crossbars ? "a square a crossbar, layer by layer" : cells ? "a square a cell" : perSquare === 1 ? "a square a row" : `a square for ${perSquare} rows`;
    canvas.setAttribute("aria-label", `Wear of ${this.names[index]}, ${this.detail.title}: at most ${number(most)} ${this.by} after ${number(iterations)} iterations`);
    const { own } = this.detail.scenarios[index];
    const small = document.createElement("small");
    const { absent, physicalRows } = this.detail.scenarios[index];
    small.textContent = absent ? "this run has no such layer" : physicalRows === 0 ? "digital: not on crossbars" : `${what}; at most ${number(most)} ${this.by} after ${number(iterations)} iterations${this.losses(index)}${this.moved(index)}${own ? `; ${own}` : ""}`;
    this.figures.get(index).querySelector("figcaption").replaceChildren(this.names[index], small);
  }

  /** Thin lines part crossbars, thick ones blocks of columns, which lie side by side in the same crossbars. */
  lines(pen, index, { width, scale, perSquare, cells }) {
    const { crossbars, crossbarSize, physicalRows, columnBlocks = 1 } = this.detail.scenarios[index];
    if (crossbars || cells) return;
    const rowsOfBlock = physicalRows / columnBlocks;
    pen.fillStyle = "#fff";
    for (let block = 0; block < columnBlocks; block++) {
      if (block > 0) border(pen, (block * rowsOfBlock) / perSquare, width, scale, Math.max(3, scale / 4));
      for (let row = crossbarSize; row < rowsOfBlock; row += crossbarSize) border(pen, (block * rowsOfBlock + row) / perSquare, width, scale, 1);
    }
  }

  /** How far levelling moved the rows, as far as reports show. */
  moved(index) {
    const { moves, holds } = this.detail.scenarios[index];
    if (!moves || !holds) return "";
    const elsewhere = holds.filter((row, at) => row >= 0 && row !== at).length;
    const all = moves.reduce((a, b) => a + b, 0);
    return all === 0 ? "; no row moved" : `; ${number(elsewhere)} of ${number(moves.length)} rows lie elsewhere than at first, moved ${number(all)} times or more`;
  }

  /** What became of the layer's weights, at its last report; nothing where no device is modelled. */
  losses(index) {
    const { firstLoss, lostWeights, logicalRows, columns } = this.detail.scenarios[index];
    if (lostWeights === undefined) return "";
    const ofBound = firstLoss?.efficiency != null ? `, ${percent(firstLoss.efficiency)} of its bound` : "";
    const first = firstLoss ? `first loss ${firstLoss.projected ? "~ " : ""}${short(firstLoss.iterations)}${ofBound}, ` : "";
    return `; ${first}lost ${number(lostWeights)} of ${number(logicalRows * columns)} weights`;
  }

  point(index, event) {
    const canvas = event.target;
    const box = canvas.getBoundingClientRect();
    const { width, height } = this.layout(index);
    const x = Math.min(width - 1, Math.floor(((event.clientX - box.left) / box.width) * width));
    const y = Math.min(height - 1, Math.floor(((event.clientY - box.top) / box.height) * height));
    this.tell(index, x, y, event.clientX, event.clientY);
  }

  key(index, event) {
    const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    if (event.key === "Escape") this.leave();
    if (!steps[event.key]) return;
    event.preventDefault();
    const canvas = event.target;
    const { width, height } = this.layout(index);
    const [dx, dy] = steps[event.key];
    const at = canvas.at ?? [0, 0];
    canvas.at = [Math.max(0, Math.min(width - 1, at[0] + dx)), Math.max(0, Math.min(height - 1, at[1] + dy))];
    const box = canvas.getBoundingClientRect();
    this.tell(index, ...canvas.at, box.left + ((canvas.at[0] + 0.5) / width) * box.width, box.top + ((canvas.at[1] + 0.5) / height) * box.height);
  }

  /** Where a row came from and went, in words; a row began in the physical row of its number. */
  story(index, square, holds) {
    const { moves } = this.detail.scenarios[index];
    if (!moves) return [];
    const held = holds[square];
    const came = held < 0 ? [] : held !== square ? [`it came from physical row ${held}, moved ${number(Math.max(1, moves[held]))} times or more`] : moves[held] > 0 ? [`it began here, and was moved ${number(moves[held])} times or more`] : [];
    const now = square < moves.length && held !== square ? holds.indexOf(square) : -1;
    return [...came, ...(now >= 0 ? [`row ${square}, which began here, lies in physical row ${now}`] : [])];
  }

  /** The squares that the row here came from, and that the row of before went to. */
  ways(index, square, { holds }) {
    if (!holds || this.detail.scenarios[index].cellWrites) return [];
    const held = holds[square];
    return [...(held >= 0 && held !== square ? [["from", held]] : []), ...(held !== square && holds.includes(square) ? [["to", holds.indexOf(square)]] : [])];
  }

  /** Frames squares of a map; none of the other maps. */
  mark(index, ways) {
    for (const mark of this.place.querySelectorAll(".mark")) mark.remove();
    const { width, height } = this.layout(index);
    const frame = this.figures.get(index).firstChild;
    for (const [kind, square] of ways) {
      const mark = document.createElement("span");
      mark.className = `mark ${kind}`;
      const [x, y] = [square % width, Math.floor(square / width)];
      Object.assign(mark.style, { left: `${(100 * x) / width}%`, top: `${(100 * y) / height}%`, width: `${100 / width}%`, height: `${100 / height}%` });
      frame.append(mark);
    }
  }

  /** Nothing is pointed at any more. */
  leave() {
    this.tip.hidden = true;
    for (const mark of this.place.querySelectorAll(".mark")) mark.remove();
  }

  /** How many more writes the weakest cell of some rows survives; of a device that is modelled. */
  left(index, first, rows, writes) {
    const { endurance, rowsPerBucket, cellWrites } = this.detail.scenarios[index];
    if (endurance) {
      let weakest = Infinity;
      for (let i = Math.floor(first / rowsPerBucket); i <= Math.floor((first + rows - 1) / rowsPerBucket); i++) weakest = Math.min(weakest, endurance[i]);
      // Exact of one row that is written whole; the weakest and the most worn need not be one cell otherwise.
      const exact = rows === 1 && !cellWrites;
      return writes >= weakest ? (exact ? "its weakest cell is worn out" : "the weakest cell may be worn out") : `${exact ? "" : "at least "}${number(weakest - writes)} writes left of the weakest cell`;
    }
    // Pages of before layers had devices of their own have it in the summary alone.
    const typical = this.detail.scenarios[index].median ?? this.summary.scenarios[index].device?.median;
    return typical ? `${number(Math.max(0, typical - writes))} writes left of a typical cell` : null;
  }

  tell(index, x, y, atX, atY) {
    const moment = this.moment(index, "writes");
    const { width, cells } = this.layout(index);
    const square = cells ? x : y * width + x;
    const writes = cells ? cells[x][y] : moment.values[square];
    this.tip.hidden = writes === undefined;
    if (writes === undefined) return this.mark(index, []);
    const first = square * moment.perSquare;
    const rows = Math.min(moment.perSquare, this.detail.scenarios[index].physicalRows - first);
    const { crossbars } = this.detail.scenarios[index];
    const lines = [`${this.names[index]}, ${crossbars ? crossbars[square] : this.detail.title}`];
    if (crossbars) lines.push(`${number(writes)} writes of the most worn cell`);
    else lines.push(...this.row(index, moment, square, first, rows, writes, cells, x, y));
    this.tip.textContent = lines.join("\n");
    this.mark(index, this.ways(index, square, moment));
    const room = this.tip.getBoundingClientRect();
    this.tip.style.left = Math.min(atX + 14, innerWidth - room.width - 8) + "px";
    this.tip.style.top = Math.min(atY + 14, innerHeight - room.height - 8) + "px";
  }

  row(index, moment, square, first, rows, writes, cells, x, y) {
    const lines = [cells ? `physical row ${x}, column ${y}` : rows === 1 ? `physical row ${first}` : `physical rows ${first} to ${first + rows - 1}`];
    if (moment.holds) lines.push(moment.holds[square] < 0 ? "holds no weights" : `holds row ${moment.holds[square]}`, ...this.story(index, square, moment.holds));
    lines.push(`${number(writes)} writes${rows === 1 ? "" : " of the most worn"}`);
    const left = this.left(index, first, rows, writes);
    if (left !== null) lines.push(left);
    const { crossbarSize: size, physicalRows, columnBlocks = 1 } = this.detail.scenarios[index];
    // The blocks of columns lie side by side in the same crossbars.
    const rowsOfBlock = physicalRows / columnBlocks;
    const high = Math.ceil(rowsOfBlock / size);
    if (high > 1) lines.push(`crossbar ${Math.floor((first % rowsOfBlock) / size) + 1} of ${high} from the top`);
    if (columnBlocks > 1) lines.push(`block ${Math.floor(first / rowsOfBlock) + 1} of ${columnBlocks} of columns`);
    if (moment.failures?.[square]) lines.push(`${number(moment.failures[square])} cells worn out`);
    return lines;
  }
}
