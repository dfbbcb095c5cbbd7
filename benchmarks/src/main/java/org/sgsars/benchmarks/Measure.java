package org.sgsars.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Something measured, with every sample, so that what lies within the noise can be told from what
 * does not.
 *
 * @param name unique in a run of the benchmarks
 * @param unit of the samples
 * @param moreIsBetter whether a larger sample is the faster one
 * @param against name of the measure of the same run that this one is compared with, since machines
 *     and their days differ
 * @param samples at least one
 */
record Measure(
    String name,
    String unit,
    boolean moreIsBetter,
    Optional<String> against,
    List<Double> samples) {
  Measure {
    samples = List.copyOf(samples);
    if (samples.isEmpty()) {
      throw new IllegalArgumentException("nothing was measured of " + name);
    }
  }

  double median() {
    return Main.median(samples);
  }

  /** How far a sample is from the median at most, as a share of it; 0 of a single sample. */
  double spread() {
    double median = median();
    return samples.stream()
        .mapToDouble(sample -> Math.abs(sample / median - 1))
        .max()
        .orElseThrow();
  }

  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("name", name);
    json.put("unit", unit);
    json.put("better", moreIsBetter ? "more" : "less");
    against.ifPresent(other -> json.put("against", other));
    json.put("samples", samples);
    return json;
  }

  static Measure of(JsonNode json) {
    List<Double> samples = new ArrayList<>();
    json.path("samples").forEach(sample -> samples.add(sample.asDouble()));
    return new Measure(
        json.path("name").asText(),
        json.path("unit").asText(),
        json.path("better").asText().equals("more"),
        Optional.ofNullable(json.get("against")).map(JsonNode::asText),
        samples);
  }
}
