package org.sgsars.source.trace;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SafetensorsFileTest {
  @ParameterizedTest(name = "bits {0} are {1}")
  @CsvSource({
    "0x0000, 0.0",
    "0x0001, 5.9604645E-8",
    "0x03ff, 6.097555E-5",
    "0x0400, 6.1035156E-5",
    "0x3c00, 1.0",
    "0x3555, 0.33325195",
    "0xc000, -2.0",
    "0x7bff, 65504.0",
    "0x7c00, Infinity"
  })
  void half_bits_areWidenedExactly(String bits, float expected) {
    assertThat(SafetensorsFile.half(Integer.decode(bits))).isEqualTo(expected);
  }
}
