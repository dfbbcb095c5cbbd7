// The names below a chart. Pointing at one, or at its group, shows its line and fades the others, in all charts; pressing keeps it so.

/** Which scenarios are shown before the others, by name; none if it is empty. One for all charts. */
export class Pointed {
  constructor() {
    Object.assign(this, { marked: new Set(), at: null, watchers: [], onMark: () => {} });
  }

  watch(watcher) {
    this.watchers.push(watcher);
  }

  /** The names to show; what is pointed at counts for more than what is marked. */
  names() {
    return this.at ?? this.marked;
  }

  point(names) {
    const next = names && new Set(names);
    if ([...(next ?? [])].join("\n") === [...(this.at ?? [])].join("\n") && (next === null) === (this.at === null)) return;
    this.at = next;
    this.tell();
  }

  /** Marks all of them, or none if all are marked already. */
  toggle(names) {
    const has = names.every((name) => this.marked.has(name));
    for (const name of names) if (has) this.marked.delete(name); else this.marked.add(name);
    this.onMark();
    this.tell();
  }

  mark(names) {
    this.marked = new Set(names);
    this.at = null;
    this.tell();
  }

  tell() {
    for (const watcher of this.watchers) watcher();
  }
}

function swatch({ colour, line }) {
  const box = document.createElement("i");
  const dashes = Array.isArray(line) ? line : [1];
  const length = dashes.reduce((a, b) => a + b, 0);
  let at = 0;
  const stops = dashes.flatMap((dash, i) => {
    const ink = i % 2 === 0 ? colour : "transparent";
    const from = at;
    at += dash;
    return [`${ink} ${from}px`, `${ink} ${at}px`];
  });
  box.style.background = line === "solid" ? colour : `repeating-linear-gradient(to right, ${stops.join(",")} , transparent ${length}px)`;
  return box;
}

export class Legend {
  constructor(place, pointed) {
    Object.assign(this, { place, pointed, shown: "" });
    place.className = "names";
    place.addEventListener("pointerleave", () => pointed.point(null));
    pointed.watch(() => this.renew());
  }

  /** @param entries of each line its name and look, in order; groups stand together */
  show(entries) {
    const shown = JSON.stringify(entries);
    if (shown !== this.shown) {
      this.shown = shown;
      const groups = [...new Set(entries.map(({ look }) => look.group))];
      this.place.replaceChildren(...groups.map((group) => this.group(group, entries.filter(({ look }) => look.group === group))));
    }
    this.renew();
  }

  group(title, entries) {
    const names = entries.map(({ name }) => name);
    const box = document.createElement("span");
    const buttons = entries.map(({ name, look }) => this.button(name, [name], swatch(look)));
    // A group of one needs no heading.
    box.append(...(title === null || entries.length === 1 ? [] : [this.button(`${title} (${entries.length}):`, names)]), ...buttons);
    return box;
  }

  button(text, names, ...before) {
    const button = document.createElement("button");
    button.type = "button";
    button.names = names;
    button.append(...before, text);
    if (before.length === 0) button.className = "group";
    button.addEventListener("pointerenter", (event) => event.pointerType !== "touch" && this.pointed.point(names));
    button.addEventListener("focus", () => button.matches(":focus-visible") && this.pointed.point(names));
    button.addEventListener("blur", () => this.pointed.point(null));
    button.addEventListener("click", () => this.pointed.toggle(names));
    return button;
  }

  renew() {
    const names = this.pointed.names();
    for (const button of this.place.querySelectorAll("button")) {
      button.setAttribute("aria-pressed", button.names.every((name) => this.pointed.marked.has(name)));
      button.classList.toggle("faded", names.size > 0 && !button.names.some((name) => names.has(name)));
    }
  }
}
