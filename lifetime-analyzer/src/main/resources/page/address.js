// The address of the page says what is looked at, so that whoever copies it gives others the same view.

/**
 * What an address asks for; what it leaves out is undefined.
 *
 * @param hash of the address: `#run=a&run=b&layer=conv1&after=600`, or only a run's name, as in addresses of before
 */
export function readView(hash) {
  const said = hash.replace(/^#/, "");
  if (said === "") return { runs: [] };
  if (!said.includes("=")) return { runs: [decodeURIComponent(said)] };
  const of = new URLSearchParams(said);
  const one = (key) => of.get(key) ?? undefined;
  const after = Number(of.get("after") ?? NaN);
  return {
    runs: [...new Set(of.getAll("run"))],
    layer: one("layer"),
    charts: one("charts"),
    scenarios: one("scenarios"),
    baselineRun: one("baselineRun"),
    baseline: one("baseline"),
    maps: of.has("map") ? of.getAll("map").filter((name) => name !== "") : undefined,
    after: Number.isFinite(after) ? after : undefined,
    by: one("by"),
    colour: one("colour"),
    marked: of.getAll("mark"),
    sort: one("sort"),
  };
}

/** The address of a view: what is undefined or an empty list is left out. No scenario on the maps is an empty one. */
export function writeView(view) {
  const of = new URLSearchParams();
  for (const run of view.runs) of.append("run", run);
  for (const key of ["layer", "charts", "scenarios", "baselineRun", "baseline"]) if (view[key] !== undefined) of.set(key, view[key]);
  if (view.maps !== undefined) for (const name of view.maps.length > 0 ? view.maps : [""]) of.append("map", name);
  for (const key of ["after", "colour", "by", "sort"]) if (view[key] !== undefined) of.set(key, view[key]);
  for (const name of view.marked ?? []) of.append("mark", name);
  return "#" + of;
}
