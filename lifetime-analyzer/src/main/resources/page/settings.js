// What scenarios are, by what tells them apart: kinds, and settings that are not at their defaults.
import { text } from "./format.js";

/** What all the scenarios have alike, by key; nothing of one alone, nor of pages of before settings were told apart. */
export function common(scenarios) {
  const all = scenarios.map((s) => s.settings);
  if (all.length < 2 || all.some((settings) => !settings)) return {};
  return Object.fromEntries(Object.entries(all[0]).filter(([key, value]) => all.every((settings) => settings[key] === value)));
}

/** Settings for people, but for those without; the family is said by its kind only. */
export function settingsText(settings, without = {}) {
  const title = (key) => (key.startsWith("crossbar.") ? key.replace(".", " ") : key.slice(key.indexOf(".") + 1));
  return Object.entries(settings).filter(([key]) => !(key in without)).map(([key, value]) => `${title(key)} ${value}`).join(", ");
}

/** What tells a scenario from the others. */
export function ownText(scenario, shared) {
  return scenario.settings ? settingsText(scenario.settings, shared) || "defaults" : fullText(scenario);
}

/** Every setting, as an experiment file says it without its brackets. */
export function fullText(scenario) {
  const plain = (policy) => text(policy).replaceAll(/[{}[\]]|kind: /g, "");
  return `sparsifier ${plain(scenario.sparsifier)}; leveller ${plain(scenario.leveller)}; crossbars of ${scenario.crossbarSize} rows${scenario.spareRows ? ` and ${scenario.spareRows} spare ones` : ""}`;
}
