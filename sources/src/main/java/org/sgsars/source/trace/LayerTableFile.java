package org.sgsars.source.trace;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BiFunction;
import org.sgsars.file.FileProblem;
import org.sgsars.mapping.LayerTable;
import org.sgsars.model.ParameterShape;
import org.sgsars.model.PlainText;
import org.sgsars.source.SourceException;

/**
 * Reads a trace's {@code layers.json}: {@code {"version": 1, "layers": [{"name", "kind", "weight",
 * "bias", "biasFrom", "axes", "groups"}, ...], "digital": ["bn.weight", ...]}}. Of a layer, name
 * and weight are needed, and axes unless the kind says them.
 */
final class LayerTableFile {
  private static final int VERSION = 1;
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private final Path file;

  private LayerTableFile(Path file) {
    this.file = file;
  }

  /**
   * @throws SourceException if it cannot be read, naming the place and what is allowed
   */
  static LayerTable read(Path file) throws SourceException {
    return read(file, LayerTableFile::table);
  }

  /**
   * Reads one that has shapes too.
   *
   * @throws SourceException if it cannot be read, naming the place and what is allowed
   */
  static NetworkFile readNetwork(Path file) throws SourceException {
    return read(file, LayerTableFile::network);
  }

  private static <T> T read(Path file, BiFunction<LayerTableFile, JsonNode, T> reading)
      throws SourceException {
    try {
      return reading.apply(new LayerTableFile(file), JSON.readTree(Files.readAllBytes(file)));
    } catch (JsonProcessingException e) {
      throw new SourceException(
          "%s is not JSON: %s".formatted(file, PlainText.of(e.getOriginalMessage())), e);
    } catch (IOException e) {
      throw new SourceException(file + " cannot be read: " + FileProblem.reason(e), e);
    } catch (IllegalArgumentException e) {
      throw new SourceException(file + ": " + e.getMessage(), e);
    }
  }

  private NetworkFile network(JsonNode top) {
    LayerTable table = table(top, List.of("version", "layers", "digital", "shapes"));
    JsonNode shapes = top.path("shapes");
    if (!shapes.isObject()) {
      throw notAllowed("shapes", shapes, "an object with the shape of each parameter by its name");
    }
    List<ParameterShape> parameters = new ArrayList<>();
    for (Map.Entry<String, JsonNode> shape : shapes.properties()) {
      parameters.add(new ParameterShape(shape.getKey(), sizes(shape.getValue())));
    }
    return new NetworkFile(table, parameters);
  }

  private static List<Integer> sizes(JsonNode shape) {
    List<Integer> sizes = new ArrayList<>();
    for (JsonNode size : shape) {
      if (!size.isInt()) {
        throw notAllowed("shapes", shape, "a list of whole numbers");
      }
      sizes.add(size.intValue());
    }
    return sizes;
  }

  private LayerTable table(JsonNode top) {
    return table(top, List.of("version", "layers", "digital"));
  }

  private LayerTable table(JsonNode top, List<String> keys) {
    requireKeys("", top, keys);
    JsonNode version = top.path("version");
    if (!version.isInt() || version.intValue() != VERSION) {
      throw notAllowed("version", version, "1");
    }
    List<LayerTable.Entry> layers = new ArrayList<>();
    for (JsonNode layer : list(top, "layers")) {
      layers.add(entry("layers[%d]".formatted(layers.size()), layer));
    }
    List<String> digital = new ArrayList<>();
    for (JsonNode name : list(top, "digital")) {
      digital.add(plain("digital[%d]".formatted(digital.size()), name));
    }
    return new LayerTable(String.valueOf(file.getFileName()), layers, digital);
  }

  private static LayerTable.Entry entry(String place, JsonNode layer) {
    requireKeys(
        place, layer, List.of("name", "kind", "weight", "bias", "biasFrom", "axes", "groups"));
    try {
      return new LayerTable.Entry(
          plain(place + ".name", layer.path("name")),
          text(place, layer, "kind").orElse(""),
          plain(place + ".weight", layer.path("weight")),
          text(place, layer, "bias"),
          number(place, layer, "biasFrom", 0),
          text(place, layer, "axes"),
          number(place, layer, "groups", 1).orElse(1));
    } catch (IllegalArgumentException e) {
      throw String.valueOf(e.getMessage()).startsWith(place)
          ? e
          : new IllegalArgumentException(place + ": " + e.getMessage(), e);
    }
  }

  private static JsonNode list(JsonNode top, String key) {
    JsonNode list = top.path(key);
    if (!list.isArray() && !list.isMissingNode()) {
      throw notAllowed(key, list, "a list");
    }
    return list;
  }

  private static Optional<String> text(String place, JsonNode layer, String key) {
    JsonNode value = layer.path(key);
    return value.isMissingNode() || value.isNull()
        ? Optional.empty()
        : Optional.of(plain(place + "." + key, value));
  }

  private static OptionalInt number(String place, JsonNode layer, String key, int least) {
    JsonNode value = layer.path(key);
    if (value.isMissingNode() || value.isNull()) {
      return OptionalInt.empty();
    }
    if (!value.isInt() || value.intValue() < least) {
      throw notAllowed(place + "." + key, value, "a whole number of at least " + least);
    }
    return OptionalInt.of(value.intValue());
  }

  private static String plain(String place, JsonNode value) {
    if (!value.isTextual()
        || value.textValue().isEmpty()
        || !PlainText.isPlain(value.textValue())) {
      throw notAllowed(place, value, "a text without control characters");
    }
    return value.textValue();
  }

  private static void requireKeys(String place, JsonNode node, List<String> allowed) {
    if (!node.isObject()) {
      throw notAllowed(place.isEmpty() ? "all of it" : place, node, "an object with " + allowed);
    }
    for (Iterator<String> keys = node.fieldNames(); keys.hasNext(); ) {
      String key = keys.next();
      if (!allowed.contains(key)) {
        throw new IllegalArgumentException(
            "%s'%s' is not known; allowed: %s"
                .formatted(place.isEmpty() ? "" : place + ": ", PlainText.of(key), allowed));
      }
    }
  }

  private static IllegalArgumentException notAllowed(String place, JsonNode value, String allowed) {
    return new IllegalArgumentException(
        value.isMissingNode()
            ? "%s is missing; allowed: %s".formatted(place, allowed)
            : "%s: %s is not allowed; allowed: %s"
                .formatted(place, PlainText.of(value.toString()), allowed));
  }
}
