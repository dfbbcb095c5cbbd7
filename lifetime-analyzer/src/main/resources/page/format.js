// How numbers are written.
const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

/** A count, to the last digit. */
export function number(value) {
  return value == null ? "–" : whole.format(value);
}

/** Three significant digits. */
export function short(value) {
  if (value == null || !Number.isFinite(value)) return "–";
  if (value !== 0 && (Math.abs(value) >= 1e6 || Math.abs(value) < 1e-3)) return value.toExponential(2);
  return Number(value.toPrecision(3)).toLocaleString("en", { maximumSignificantDigits: 3 });
}

export function percent(value) {
  return value == null ? "–" : short(100 * value) + " %";
}

/** A difference, with its sign. */
export function signed(value, show) {
  return value === 0 ? "±0" : (value > 0 ? "+" : "−") + show(Math.abs(value));
}

/** Seconds for people. */
export function duration(seconds) {
  if (seconds < 60) return Math.round(seconds) + " s";
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ${Math.round((seconds % 3600) / 60)} min`;
  return `${Math.floor(seconds / 86400)} d ${Math.round((seconds % 86400) / 3600)} h`;
}

export function text(value) {
  return value == null ? "" : String(value);
}
