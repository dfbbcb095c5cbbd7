// How scenarios look in all charts: colour, line and symbol, so that those of one group are told from those of others.

export const COLOURS = ["#4477aa", "#ee6677", "#228833", "#aa8800", "#66ccee", "#aa3377", "#888888", "#ee8866", "#44bb99", "#99ddff"];
const SYMBOLS = ["circle", "rect", "triangle", "diamond", "pin", "arrow", "roundRect"];
const LINES = ["solid", [7, 3], [2, 2], [9, 3, 2, 3]];

/** So many colours people tell apart; more scenarios are grouped unless somebody says otherwise. */
const FEW = 10;

const dark = matchMedia("(prefers-color-scheme: dark)");

const kinds = (policy) => [...String(policy).matchAll(/kind: ([\w-]+)/g)].map((match) => match[1]).join(" + ");

/** What scenarios can be grouped by: a title, and of a scenario its group. */
const GROUPINGS = {
  none: { title: "nothing", of: () => null },
  leveller: { title: "leveller", of: (s) => kinds(s.leveller) },
  sparsifier: { title: "sparsifier", of: (s) => kinds(s.sparsifier) },
  sweep: { title: "sweep", of: (s) => s.sweep?.name ?? "no sweep" },
  run: { title: "run", of: (s) => s.run },
  scenario: { title: "same scenario", of: (s) => s.ownName },
};

/** The groupings that tell some of the scenarios apart, in the order of choice. */
export function groupings(summary) {
  const of = (key) => new Set(summary.scenarios.map(GROUPINGS[key].of)).size;
  return Object.keys(GROUPINGS).filter((key) => key === "none" || (of(key) > 1 && (key !== "scenario" || summary.runs.length > 1))).map((key) => ({ key, title: GROUPINGS[key].title }));
}

/** What the scenarios are grouped by unless somebody says otherwise: same ones of several runs, and many by what they do. */
export function usualGrouping(summary) {
  const possible = groupings(summary).map(({ key }) => key);
  const few = (key) => possible.includes(key) && new Set(summary.scenarios.map(GROUPINGS[key].of)).size <= FEW;
  if (few("scenario")) return "scenario";
  if (few("run")) return "run";
  if (summary.scenarios.length <= FEW) return "none";
  return ["leveller", "sparsifier", "sweep"].find(few) ?? "none";
}

/** A colour towards black or white, by -1 to 1. */
function shade(colour, by) {
  const channels = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
  const to = by < 0 ? 0 : 255;
  return "#" + channels.map((c) => Math.round(c + Math.abs(by) * (to - c)).toString(16).padStart(2, "0")).join("");
}

/** For each scenario `{ group, colour, line, symbol }`; a group has a colour, in shades from dark to light. */
export function looks(scenarios, by) {
  const groupOf = (GROUPINGS[by] ?? GROUPINGS.none).of;
  const groups = scenarios.map(groupOf);
  const all = [...new Set(groups)];
  return scenarios.map((_, i) => {
    if (groups[i] === null) return { group: null, colour: COLOURS[i % COLOURS.length], line: LINES[Math.floor(i / COLOURS.length) % LINES.length], symbol: SYMBOLS[i % SYMBOLS.length] };
    const at = all.indexOf(groups[i]);
    const size = groups.filter((g) => g === groups[i]).length;
    const place = groups.slice(0, i).filter((g) => g === groups[i]).length;
    // Dark lines cannot be seen on a dark page.
    const by = size === 1 ? 0 : (dark.matches ? 0 : -0.35) + ((dark.matches ? 0.6 : 0.75) * place) / (size - 1);
    return { group: groups[i], colour: shade(COLOURS[at % COLOURS.length], by), line: LINES[(place + Math.floor(at / COLOURS.length)) % LINES.length], symbol: SYMBOLS[place % SYMBOLS.length] };
  });
}
