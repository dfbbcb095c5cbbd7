// When axes are logarithmic.

/** Equal steps are equal factors where values are positive and span a decade, or as many as it says. */
export function isLog(values, decades = 1) {
  if (values.length < 2 || !values.every((v) => typeof v === "number" && v > 0)) return false;
  const [least, most] = extent(values);
  return most / least >= 10 ** decades;
}

/** The least and the largest, of however many values. */
export function extent(values) {
  return values.reduce(([least, most], v) => [Math.min(least, v), Math.max(most, v)], [Infinity, -Infinity]);
}

/** A value axis for these values, logarithmic where they span decades. Zeros, which such an axis has not, are left out of the question. */
export function axisFor(values, decades) {
  return isLog(values.filter((v) => v > 0), decades) ? { type: "log", minorSplitLine: { show: false } } : { type: "value" };
}
