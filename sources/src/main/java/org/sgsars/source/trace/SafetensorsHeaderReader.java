package org.sgsars.source.trace;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sgsars.model.PlainText;
import org.sgsars.source.trace.SafetensorsHeader.Dtype;
import org.sgsars.source.trace.SafetensorsHeader.Tensor;

/**
 * Reads a header's JSON with the leniencies of the reference's parser and no other: a tensor may be
 * an array of its three fields, unknown fields are skipped, {@code __metadata__} may be null.
 */
final class SafetensorsHeaderReader {
  private static final String METADATA = "__metadata__";
  private static final String TYPE = "dtype";
  private static final String SHAPE = "shape";
  private static final String OFFSETS = "data_offsets";

  /** The reference's parser goes no deeper. */
  private static final int MAX_DEPTH = 127;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxNumberLength(SafetensorsHeader.MAX_BYTES)
                  .maxStringLength(SafetensorsHeader.MAX_BYTES)
                  .maxNameLength(SafetensorsHeader.MAX_BYTES)
                  .build())
          .build();

  private final JsonParser parser;
  private final Map<String, String> metadata = new LinkedHashMap<>();
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();

  private SafetensorsHeaderReader(JsonParser parser) {
    this.parser = parser;
  }

  /**
   * @throws IllegalArgumentException if it is not a header's JSON; the message says why
   */
  static SafetensorsHeader read(String json) {
    try (JsonParser parser = JSON.createParser(json)) {
      SafetensorsHeaderReader reader = new SafetensorsHeaderReader(parser);
      reader.header();
      return new SafetensorsHeader(reader.metadata, reader.tensors);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("its header is not JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new IllegalArgumentException("its header is not JSON: " + e.getMessage(), e);
    }
  }

  private void header() throws IOException {
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      throw new IllegalArgumentException("its header is not a JSON object");
    }
    boolean hasMetadata = false;
    for (String name = name(); name != null; name = name()) {
      if (!name.equals(METADATA)) {
        // A later tensor of the same name counts, at the place of the first.
        tensors.put(name, tensor(name));
      } else if (hasMetadata) {
        throw new IllegalArgumentException("its header holds __metadata__ twice");
      } else {
        hasMetadata = true;
        metadata();
      }
    }
    if (parser.nextToken() != null) {
      throw new IllegalArgumentException("its header goes on after the JSON object");
    }
  }

  /** Name of the next field, with its value as the current token; {@code null} at the end. */
  private @Nullable String name() throws IOException {
    if (parser.nextToken() != JsonToken.FIELD_NAME) {
      return null;
    }
    String name = sound(parser.currentName());
    parser.nextToken();
    return name;
  }

  private void metadata() throws IOException {
    if (parser.currentToken() == JsonToken.VALUE_NULL) {
      return;
    }
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw new IllegalArgumentException("its __metadata__ is not a JSON object of texts, or null");
    }
    for (String name = name(); name != null; name = name()) {
      if (parser.currentToken() != JsonToken.VALUE_STRING) {
        throw new IllegalArgumentException(
            "its __metadata__ has '%s' that is no text; only texts are allowed"
                .formatted(PlainText.of(name)));
      }
      metadata.put(name, sound(parser.getText()));
    }
  }

  /** What is known of a tensor while its entry is read. */
  private final class Entry {
    final String name;
    @Nullable Dtype type;
    @Nullable List<Long> shape;
    @Nullable List<Long> offsets;

    Entry(String name) {
      this.name = PlainText.of(name);
    }

    void read(String field) throws IOException {
      switch (field) {
        case TYPE -> type = type(this);
        case SHAPE -> shape = numbers(this, SHAPE);
        default -> offsets = numbers(this, OFFSETS);
      }
    }

    Tensor tensor() {
      Dtype ofType = type;
      List<Long> sizes = shape;
      List<Long> places = offsets;
      if (ofType == null || sizes == null || places == null || places.size() != 2) {
        throw new IllegalArgumentException(
            "tensor %s lacks dtype, shape or two data_offsets".formatted(name));
      }
      return new Tensor(ofType, sizes, places.get(0), places.get(1));
    }
  }

  private Tensor tensor(String name) throws IOException {
    Entry entry = new Entry(name);
    if (parser.currentToken() == JsonToken.START_ARRAY) {
      for (String field : List.of(TYPE, SHAPE, OFFSETS)) {
        if (parser.nextToken() == JsonToken.END_ARRAY) {
          return entry.tensor();
        }
        entry.read(field);
      }
      if (parser.nextToken() != JsonToken.END_ARRAY) {
        throw new IllegalArgumentException(
            "tensor %s has more than dtype, shape and data_offsets".formatted(entry.name));
      }
      return entry.tensor();
    }
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw new IllegalArgumentException(
          "tensor %s is not a JSON object of dtype, shape and data_offsets".formatted(entry.name));
    }
    Set<String> seen = new HashSet<>();
    for (String field = name(); field != null; field = name()) {
      if (!List.of(TYPE, SHAPE, OFFSETS).contains(field)) {
        skip();
      } else if (seen.add(field)) {
        entry.read(field);
      } else {
        throw new IllegalArgumentException("tensor %s has %s twice".formatted(entry.name, field));
      }
    }
    return entry.tensor();
  }

  /** A name, or by the reference's parser the same as {@code {"F32": null}}. */
  private Dtype type(Entry entry) throws IOException {
    boolean isObject = parser.currentToken() == JsonToken.START_OBJECT;
    String text = isObject ? name() : null;
    if (parser.currentToken() == JsonToken.VALUE_STRING && !isObject) {
      text = sound(parser.getText());
    }
    boolean isUnit = !isObject || parser.currentToken() == JsonToken.VALUE_NULL;
    if (isObject && (!isUnit || parser.nextToken() != JsonToken.END_OBJECT)) {
      text = null;
    }
    for (Dtype type : Dtype.values()) {
      if (type.name().equals(text)) {
        return type;
      }
    }
    throw new IllegalArgumentException(
        "tensor %s has dtype %s; known: %s"
            .formatted(
                entry.name,
                text == null ? "that is no text" : "'" + PlainText.of(text) + "'",
                List.of(Dtype.values())));
  }

  private List<Long> numbers(Entry entry, String field) throws IOException {
    List<Long> numbers = new ArrayList<>();
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      throw new IllegalArgumentException(
          "tensor %s has %s that are no list".formatted(entry.name, field));
    }
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      String text = parser.currentToken() == JsonToken.VALUE_NUMBER_INT ? parser.getText() : "";
      try {
        numbers.add(Long.parseUnsignedLong(text.startsWith("-") ? "" : text));
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException(
            "tensor %s has %s in its %s; allowed: whole numbers from 0 to 2^64 - 1"
                .formatted(entry.name, PlainText.of(parser.getText()), field),
            e);
      }
    }
    return List.copyOf(numbers);
  }

  /** Passes over a value, which must be right all the same. */
  private void skip() throws IOException {
    int depth = 0;
    do {
      JsonToken token = parser.currentToken();
      if (token == null) {
        throw new IllegalArgumentException("its header ends within a value");
      }
      if (token.isStructStart()) {
        depth++;
      } else if (token.isStructEnd()) {
        depth--;
      } else if (token.isNumeric() && !Double.isFinite(Double.parseDouble(parser.getText()))) {
        throw new IllegalArgumentException("its header holds a number that is out of range");
      } else if (token == JsonToken.VALUE_STRING || token == JsonToken.FIELD_NAME) {
        sound(parser.getText());
      }
      if (depth > 0) {
        parser.nextToken();
      }
    } while (depth > 0);
  }

  /** Half a surrogate pair, as an escape can give one, is no text. */
  private static String sound(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isHighSurrogate(text.charAt(i))
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        i++;
      } else if (Character.isSurrogate(text.charAt(i))) {
        throw new IllegalArgumentException("its header holds half a surrogate pair");
      }
    }
    return text;
  }
}
