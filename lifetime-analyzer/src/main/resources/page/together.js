// Several runs as if they were one: their scenarios stand in one list, their layers are the same by name.

const NO_TIMELINE = { iterations: [], max: [], mean: [], gini: [], failed: [], lost: [] };

/** What a layer is called in texts; those of PyTorch's Sequential are numbers. */
export const layerTitle = (name) => `layer ${name}`;

/**
 * The summaries of the chosen runs as one. Each scenario has beside its own: `run`; `ownName`, in its run, as `name` is told
 * apart by the run where there are several; `iterations` and `plannedIterations` of its run; and `absent` among its layers where
 * its run has none of that name. Same scenarios of several runs stand together.
 */
export function summariesTogether(summaries) {
  const several = summaries.length > 1;
  const titled = (run, text) => (several ? `${run}: ${text}` : text);
  const layers = [];
  for (const layer of summaries.flatMap((summary) => summary.layers)) if (!layers.some(({ name }) => name === layer.name)) layers.push(layer);
  const scenarios = summaries.flatMap((summary) => summary.scenarios.map((scenario, index) => ({
    ...scenario,
    run: summary.run, index, ownName: scenario.name, name: titled(summary.run, scenario.name),
    iterations: summary.iterations, plannedIterations: summary.plannedIterations,
    ...(scenario.sweep ? { sweep: { ...scenario.sweep, name: titled(summary.run, scenario.sweep.name) } } : {}),
    layers: layers.map(({ name }) => scenario.layers[summary.layers.findIndex((layer) => layer.name === name)] ?? { absent: true, crossbars: [], maxCellWrites: 0 }),
  })));
  const sweepsApart = several ? inNamesOrder(scenarios) : scenarios;
  return {
    run: summaries.map(({ run }) => run).join(" and "),
    runs: summaries.map(({ run }) => run),
    layers, scenarios: sweepsApart,
    warnings: summaries.flatMap(({ run, warnings }) => warnings.map((warning) => titled(run, warning))),
    notices: summaries.flatMap(({ run, notices }) => (notices ?? []).map((notice) => titled(run, notice))),
    // Pages of before notices had sweeps have one line for each.
    noticeSweeps: summaries.flatMap(({ run, notices, noticeSweeps }) => (notices ?? []).map((_, i) => (noticeSweeps?.[i] == null ? null : titled(run, noticeSweeps[i])))),
  };
}

/** A scenario of no sweep is followed by those of the other runs that have its name; a sweep's stay together. */
function inNamesOrder(scenarios) {
  const key = (s) => (s.sweep ? s.sweep.name : s.ownName);
  const keys = [...new Set(scenarios.map(key))];
  return [...scenarios.keys()].sort((a, b) => keys.indexOf(key(scenarios[a])) - keys.indexOf(key(scenarios[b])) || a - b).map((i) => scenarios[i]);
}

/**
 * One layer of all the runs, in the order of the scenarios; each scenario has beside its own the `logicalRows` and `columns` that
 * the layer has in its run, and nothing but `absent` and empty lists where that has no such layer.
 *
 * @param summary of the runs together
 * @param details of the layer by run; a run without such a layer has none
 */
export function layerTogether(summary, layer, details) {
  const { name } = summary.layers[layer];
  const [first] = [...details.values()];
  return {
    layer: name, index: layer, title: layerTitle(name), map: first?.map,
    logicalRows: first?.logicalRows, columns: first?.columns,
    scenarios: summary.scenarios.map((scenario) => {
      const detail = details.get(scenario.run);
      if (!detail) return { absent: true, physicalRows: 0, crossbarSize: 1, rowsPerBucket: 1, rowWrites: [], history: [], timeline: NO_TIMELINE, logicalRows: 0, columns: 0 };
      return { ...detail.scenarios[scenario.index], logicalRows: detail.logicalRows, columns: detail.columns };
    }),
  };
}

/** The network as if it were one layer, a crossbar a row: the most worn cell of each, layer by layer. */
export function crossbarsTogether(summary) {
  return {
    layer: "the whole network", title: "the whole network",
    scenarios: summary.scenarios.map((scenario) => ({
      crossbars: scenario.layers.flatMap((layer, i) => layer.crossbars.map((_, k) => `${layerTitle(summary.layers[i].name)}, ${k + 1} of ${layer.crossbars.length} from the top`)),
      physicalRows: scenario.layers.reduce((all, layer) => all + layer.crossbars.length, 0),
      rowWrites: scenario.layers.flatMap((layer) => layer.crossbars),
      rowsPerBucket: 1,
      history: [],
    })),
  };
}
