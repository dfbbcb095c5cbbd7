package org.sgsars.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * ResNet-50's gradients, iteration after iteration, and what becomes of them.
 *
 * @param iterations that are measured, after {@value #WARM} that are not
 * @param chunkBytes most bytes in a record
 * @param wire what gradients are on the wire, as in an experiment file
 * @param scenarios lines of an experiment file
 */
record Load(int iterations, int chunkBytes, String wire, String scenarios) {
  /** Iterations before the clock starts. */
  static final int WARM = 10;

  /** Iterations that the producer may be ahead. */
  static final int LEAD = 8;

  private static final String ARS =
      "  - {name: ars, sparsifier: {kind: sgs}, leveller: {kind: ars}}";

  /** One scenario, the paper's, with the defaults of an experiment file. */
  static Load of(int iterations) {
    return new Load(iterations, 1 << 20, "f32", ARS);
  }

  Load withScenarios(String others) {
    return new Load(iterations, chunkBytes, wire, others);
  }

  Load withWire(String other) {
    return new Load(iterations, chunkBytes, other, scenarios);
  }

  Load withChunkBytes(int other) {
    return new Load(iterations, other, wire, scenarios);
  }

  /** With those before the clock starts. */
  int allIterations() {
    return WARM + iterations;
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
