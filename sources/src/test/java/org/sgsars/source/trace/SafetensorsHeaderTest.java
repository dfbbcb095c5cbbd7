package org.sgsars.source.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sgsars.source.SourceException;

/** Headers are accepted and refused as the reference library does, which headers.py asked. */
final class SafetensorsHeaderTest {
  @TempDir private Path folder = Path.of("");

  private record Case(
      String name, byte[] header, long length, int dataBytes, String referenceRefusal) {
    @Override
    public String toString() {
      return referenceRefusal.isEmpty() ? name + " is accepted" : name + " is refused";
    }
  }

  static Stream<Case> cases() throws Exception {
    List<Case> cases = new ArrayList<>();
    try (InputStream in =
        Objects.requireNonNull(
            SafetensorsHeaderTest.class.getResourceAsStream("/safetensors/headers.json"))) {
      for (JsonNode node : new ObjectMapper().readTree(in)) {
        cases.add(
            new Case(
                node.get("case").asText(),
                node.get("header").asText().getBytes(StandardCharsets.ISO_8859_1),
                node.get("length").bigIntegerValue().longValue(),
                node.get("data").asInt(),
                node.get("refusal").asText()));
      }
    }
    return cases.stream();
  }

  private void open(byte[] header, long length, int dataBytes) throws Exception {
    ByteBuffer bytes =
        ByteBuffer.allocate(Long.BYTES + header.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(length).put(header);
    Path file = Files.write(folder.resolve("x.safetensors"), bytes.array());
    SafetensorsFile.open(file, new SafetensorsFile.LastHeader()).close();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void open_anyHeader_doesAsTheReference(Case header) {
    if (header.referenceRefusal().isEmpty()) {
      assertThatCode(() -> open(header.header(), header.length(), header.dataBytes()))
          .doesNotThrowAnyException();
    } else {
      assertThatThrownBy(() -> open(header.header(), header.length(), header.dataBytes()))
          .isInstanceOf(SourceException.class)
          .hasMessageStartingWith(folder.resolve("x.safetensors").toString());
    }
  }

  @Test
  void open_nameOfManyCharacters_isAccepted() {
    byte[] header =
        "{\"%s\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}"
            .formatted("a".repeat(60_000))
            .getBytes(StandardCharsets.US_ASCII);

    assertThatCode(() -> open(header, header.length, 4)).doesNotThrowAnyException();
  }

  @Test
  void open_fewerBytesThanALength_isRefused() throws Exception {
    Path file = Files.write(folder.resolve("x.safetensors"), new byte[7]);

    assertThatThrownBy(() -> SafetensorsFile.open(file, new SafetensorsFile.LastHeader()))
        .hasMessage(file + " is not a safetensors file: 7 bytes are too few");
  }

  @Test
  void parse_sameTensorTwice_takesTheLast() {
    byte[] header =
        ("{\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]},"
                + "\"a\":{\"dtype\":\"F16\",\"shape\":[8],\"data_offsets\":[0,16]}}")
            .getBytes(StandardCharsets.US_ASCII);

    assertThat(SafetensorsHeader.parse(header, 16).tensors().get("a"))
        .isEqualTo(new SafetensorsHeader.Tensor(SafetensorsHeader.Dtype.F16, List.of(8L), 0, 16));
  }
}
