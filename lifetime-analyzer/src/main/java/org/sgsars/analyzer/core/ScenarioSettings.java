package org.sgsars.analyzer.core;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.sgsars.model.PolicyChoice;
import org.sgsars.model.RunPlan;
import org.sgsars.model.ScenarioPlan;
import org.sgsars.policy.Parameter;
import org.sgsars.policy.Policies;
import org.sgsars.policy.PolicyFamily;
import org.sgsars.policy.SettingsType;

/**
 * What a scenario is, as people tell scenarios apart: by its policies' kinds, and by those of their
 * settings that are not at their defaults.
 *
 * <p>Keys are {@code sparsifier}, {@code leveller} and {@code device} for kinds, {@code
 * leveller.interval} for a setting, {@code leveller.paced.gap} where there are several levellers,
 * {@code crossbar.size} in rows, and {@code layers} for layers with settings of their own.
 */
public final class ScenarioSettings {
  private static final String LEVELLER = PolicyFamily.LEVELLER.key();
  private static final String CROSSBAR = "crossbar.";

  private final Policies policies;
  private final Map<String, String> settings = new LinkedHashMap<>();

  private ScenarioSettings(Policies policies) {
    this.policies = policies;
  }

  /**
   * Of a scenario, values by key. A policy that is not among the given ones has all its settings.
   */
  static Map<String, String> of(RunPlan plan, ScenarioPlan scenario, Policies policies) {
    ScenarioSettings of = new ScenarioSettings(policies);
    PolicyChoice sparsifier = plan.sparsifierOf(scenario);
    of.put(PolicyFamily.SPARSIFIER, PolicyFamily.SPARSIFIER.key(), sparsifier);
    of.levellers(scenario.levellers());
    of.settings.put(CROSSBAR + "size", Integer.toString(scenario.crossbarSize()));
    if (scenario.spareRows() > 0) {
      of.settings.put(CROSSBAR + "spareRows", Integer.toString(scenario.spareRows()));
    }
    scenario
        .device()
        .ifPresent(device -> of.put(PolicyFamily.DEVICE, PolicyFamily.DEVICE.key(), device));
    if (!scenario.exceptions().settings().isEmpty()) {
      of.settings.put(
          "layers",
          scenario.exceptions().settings().stream()
              .map(own -> own.match() + (own.isDigital() ? " digital" : ""))
              .collect(Collectors.joining(", ")));
    }
    return Collections.unmodifiableMap(of.settings);
  }

  private void levellers(List<PolicyChoice> levellers) {
    if (levellers.size() == 1) {
      put(PolicyFamily.LEVELLER, LEVELLER, levellers.get(0));
      return;
    }
    settings.put(
        LEVELLER, levellers.stream().map(PolicyChoice::kind).collect(Collectors.joining(" + ")));
    levellers.forEach(
        leveller ->
            changed(PolicyFamily.LEVELLER, leveller, LEVELLER + "." + leveller.kind() + "."));
  }

  private void put(PolicyFamily family, String key, PolicyChoice choice) {
    settings.put(key, choice.kind());
    changed(family, choice, key + ".");
  }

  private void changed(PolicyFamily family, PolicyChoice choice, String prefix) {
    Map<String, Object> defaults =
        policies.find(family, choice.kind()).map(SettingsType::of).stream()
            .flatMap(type -> type.parameters().stream())
            .filter(parameter -> parameter.fallback().isPresent())
            .collect(Collectors.toMap(Parameter::name, of -> of.fallback().orElseThrow()));
    choice
        .settings()
        .forEach(
            (name, value) -> {
              if (!value.equals(defaults.get(name))) {
                settings.put(prefix + name, text(value));
              }
            });
  }

  /** Whole numbers without a point. */
  private static String text(Object value) {
    return value instanceof Double number && number == Math.rint(number) && Math.abs(number) < 1e15
        ? Long.toString(number.longValue())
        : value.toString();
  }

  /** What all of several scenarios have alike. */
  public static Map<String, String> common(List<Map<String, String>> all) {
    Map<String, String> common = new LinkedHashMap<>();
    if (all.size() > 1) {
      all.get(0)
          .forEach(
              (key, value) -> {
                if (all.stream().allMatch(one -> value.equals(one.get(key)))) {
                  common.put(key, value);
                }
              });
    }
    return common;
  }

  /**
   * Settings for people: {@code leveller ars, interval 16, crossbar size 64}; empty of none.
   *
   * @param without keys to leave out
   */
  public static String text(Map<String, String> settings, Map<String, String> without) {
    return settings.entrySet().stream()
        .filter(setting -> !without.containsKey(setting.getKey()))
        .map(setting -> title(setting.getKey()) + " " + setting.getValue())
        .collect(Collectors.joining(", "));
  }

  /** The name of a setting without the family, which stands before with its kind. */
  private static String title(String key) {
    return key.startsWith(CROSSBAR) ? key.replace('.', ' ') : key.substring(key.indexOf('.') + 1);
  }
}
