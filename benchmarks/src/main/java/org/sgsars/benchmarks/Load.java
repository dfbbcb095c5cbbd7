package org.sgsars.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * ResNet-50's gradients, iteration after iteration, and what becomes of them.
 *
 * @param warm iterations before the clock starts, while JVMs compile
 * @param iterations that are measured
 * @param chunkBytes most bytes in a record
 * @param wire what gradients are on the wire, as in an experiment file
 * @param scenarios lines of an experiment file
 * @param instances of each service that can have several
 */
record Load(
    int warm, int iterations, int chunkBytes, String wire, String scenarios, int instances) {
  /** Iterations that the producer may be ahead. */
  static final int LEAD = 8;

  private static final String ARS =
      "  - {name: ars, sparsifier: {kind: sgs}, leveller: {kind: ars}}";

  /** One scenario, the paper's, with the defaults of an experiment file. */
  static Load of(int iterations) {
    return new Load(10, iterations, 1 << 20, "f32", ARS, 1);
  }

  Load withScenarios(String others) {
    return new Load(warm, iterations, chunkBytes, wire, others, instances);
  }

  Load withWire(String other) {
    return new Load(warm, iterations, chunkBytes, other, scenarios, instances);
  }

  Load withChunkBytes(int other) {
    return new Load(warm, iterations, other, wire, scenarios, instances);
  }

  Load withWarm(int other) {
    return new Load(other, iterations, chunkBytes, wire, scenarios, instances);
  }

  Load withInstances(int other) {
    return new Load(warm, iterations, chunkBytes, wire, scenarios, other);
  }

  /** With those before the clock starts. */
  int allIterations() {
    return warm + iterations;
  }

  /** Makes the experiment file. */
  Path writeTo(Path folder) throws IOException {
    return Files.writeString(
        folder.resolve("experiment.yml"),
        """
        name: throughput
        source: {kind: noise, layers: %s, iterations: %d}
        crossbar: {size: 512}
        report: {interval: %d}
        pipeline: {chunkBytes: %d, maxLead: %d, wire: %s}
        scenarios:
        %s
        """
            .formatted(
                ResNet50.file().toAbsolutePath(),
                allIterations(),
                allIterations(),
                chunkBytes,
                LEAD,
                wire,
                scenarios));
  }
}
