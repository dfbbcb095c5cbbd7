package org.sgsars.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.sgsars.model.LayerShape;

/** The shapes that all full-size measures are taken on. */
final class ResNet50 {
  static final long WEIGHTS = 25_502_912;

  /** Where the project is; run.sh says. */
  static final Path PROJECT = Path.of(System.getProperty("sgsars.project", "."));

  private ResNet50() {}

  static Path file() {
    return PROJECT.resolve("traces/resnet50-layers.json");
  }

  static List<LayerShape> layers() {
    try {
      List<LayerShape> layers = new ArrayList<>();
      for (JsonNode layer : new ObjectMapper().readTree(file().toFile())) {
        layers.add(
            new LayerShape(
                layer.get("name").asText(),
                layer.get("rows").asInt(),
                layer.get("columns").asInt()));
      }
      return layers;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
