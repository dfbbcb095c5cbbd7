package org.sgsars.analyzer.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** A scenario has one colour, wherever it is drawn. */
final class PaletteTest {
  private static String page(String file) throws Exception {
    try (InputStream in = PaletteTest.class.getResourceAsStream("/page/" + file)) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void colours_ofScenarios_areThoseOfThePage() throws Exception {
    String colours =
        Palette.COLOURS.stream()
            .map(colour -> '"' + colour + '"')
            .collect(Collectors.joining(", ", "const COLOURS = [", "];"));

    assertThat(page("look.js")).contains(colours);
  }

  @Test
  void colours_ofWear_areThoseOfThePage() throws Exception {
    WearScale scale = new WearScale(1L << 20);
    String stops =
        page("maps.js")
            .lines()
            .filter(l -> l.startsWith("export const STOPS"))
            .findFirst()
            .orElseThrow();

    for (int stop = 0; stop <= 5; stop++) {
      int colour = scale.colour(1L << (4 * stop));
      assertThat(stops)
          .contains("[%d, %d, %d]".formatted(colour >> 16, colour >> 8 & 255, colour & 255));
    }
  }
}
