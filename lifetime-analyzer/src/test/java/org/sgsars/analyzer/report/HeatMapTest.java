package org.sgsars.analyzer.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.util.Arrays;
import java.util.Base64;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.sgsars.analyzer.core.LayerLifetime;
import org.sgsars.analyzer.core.LifetimeReport.CellWear;
import org.sgsars.model.LayerShape;

/** A row that has worn-out cells and holds no weights is marked. */
final class HeatMapTest {
  /** Its two weights of rows lie in the last two physical rows. */
  private static LayerLifetime layer(int[] failures, long @Nullable [][] cellWrites) {
    int rows = failures.length;
    int[] places = new int[rows];
    Arrays.setAll(places, row -> (row + rows - 2) % rows);
    return new LayerLifetime(
        new LayerShape("fc", 2, 2),
        rows,
        9,
        new CellWear(9, 1, OptionalDouble.empty(), OptionalDouble.empty()),
        new LayerLifetime.Rows(new long[rows], cellWrites, places),
        new LayerLifetime.DeviceRows(
            Optional.empty(), new long[0], failures, List.of(), List.of(), Optional.empty()),
        Optional.empty(),
        new LayerLifetime.Past(1, List.of(), new int[0], new int[0]));
  }

  private static BitSet bits(int... set) {
    BitSet bits = new BitSet();
    Arrays.stream(set).forEach(bits::set);
    return bits;
  }

  @Test
  void of_wornRows_marksThoseWithoutWeights() {
    HeatMap map = HeatMap.of(layer(new int[] {0, 2, 0, 1}, null));

    assertThat(map.retired()).isEqualTo(bits(1));
  }

  @Test
  void of_noneWorn_marksNone() {
    assertThat(HeatMap.of(layer(new int[4], null)).retired()).isEqualTo(bits());
  }

  /** 32,768 rows are drawn as 16,384 pixels of two. */
  @Test
  void of_manyRows_marksPixelsWhoseRowsAllAre() {
    int[] failures = new int[32_768];
    Arrays.fill(failures, 3, 6, 1);

    HeatMap map = HeatMap.of(layer(failures, null));

    assertThat(map.perPixel()).isEqualTo(2);
    assertThat(map.retired()).isEqualTo(bits(2));
  }

  @Test
  void png_markedRow_hasTheMarksColourAndTheOthersTheirWear() throws Exception {
    WearScale scale = new WearScale(9);
    long[][] cells = {{9, 1}, {9, 9}, {0, 1}, {0, 0}};

    HeatMap map = HeatMap.of(layer(new int[] {0, 2, 0, 1}, cells));

    String data = map.png(scale).substring("data:image/png;base64,".length());
    var image =
        Objects.requireNonNull(
            ImageIO.read(new ByteArrayInputStream(Base64.getDecoder().decode(data))));
    int[][] colours = new int[2][4];
    for (int y = 0; y < 2; y++) {
      for (int x = 0; x < 4; x++) {
        colours[y][x] = image.getRGB(x, y) & 0xFFFFFF;
      }
    }
    assertThat(colours)
        .isDeepEqualTo(
            new int[][] {
              {scale.colour(9), 0xFF3333, scale.colour(0), scale.colour(0)},
              {scale.colour(1), 0xFF3333, scale.colour(1), scale.colour(0)}
            });
  }
}
