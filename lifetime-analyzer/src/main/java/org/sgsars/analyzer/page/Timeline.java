package org.sgsars.analyzer.page;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** How wear grew, as one array for each number. */
final class Timeline {
  private final ObjectNode node = JsonNodeFactory.instance.objectNode();
  private final ArrayNode iterations = node.putArray("iterations");
  private final ArrayNode most = node.putArray("max");
  private final ArrayNode mean = node.putArray("mean");
  private final ArrayNode gini = node.putArray("gini");
  private final ArrayNode failed = node.putArray("failed");
  private final ArrayNode lost = node.putArray("lost");

  void add(
      long iteration,
      long mostWrites,
      double meanWrites,
      double unevenness,
      long failedCells,
      long lostWeights) {
    iterations.add(iteration);
    most.add(mostWrites);
    mean.add(meanWrites);
    gini.add(unevenness);
    failed.add(failedCells);
    lost.add(lostWeights);
  }

  ObjectNode json() {
    return node;
  }
}
