package org.sgsars.sparsifier;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sgsars.mapping.MappedNetwork;
import org.sgsars.model.GradientFormat;
import org.sgsars.model.LayerShape;
import org.sgsars.model.OptimizerSettings;
import org.sgsars.model.ParameterShape;
import org.sgsars.model.Selection;

/** What every sparsifier promises. */
abstract class SparsifierContract {
  private static final int ROWS = 13;
  private static final int COLUMNS = 7;
  private static final LayerShape LAYER =
      MappedNetwork.layersOf(List.of(new ParameterShape("fc.weight", List.of(COLUMNS, ROWS))))
          .get(0);

  abstract SparsifierPolicy<?> policy();

  /** As an experiment gives them. */
  abstract Map<String, ?> settings();

  final BoundSparsifier<?> bound() {
    return Selections.bound(policy(), settings());
  }

  @ParameterizedTest(name = "seed={0}")
  @ValueSource(longs = {1, 2, 3, 5, 8})
  void select_anyGradients_staysInsideTheLayer(long seed) {
    for (Selection selection : selections(seed, COLUMNS)) {
      int[] rows = selection instanceof Selection.Rows chosen ? chosen.rows() : new int[0];
      if (selection instanceof Selection.Cells cells) {
        rows = cells.rows();
        assertThat(Arrays.stream(cells.columns()).boxed())
            .allMatch(column -> column >= 0 && column < COLUMNS);
      }
      assertThat(Arrays.stream(rows).boxed()).allMatch(row -> row >= 0 && row < ROWS);
    }
  }

  @ParameterizedTest(name = "seed={0}")
  @ValueSource(longs = {1, 2, 3, 5, 8})
  void select_anyGradients_writesAtMostTheRowsThatItSays(long seed) {
    int most = bound().mostRows(LAYER);

    assertThat(most).isBetween(1, ROWS);
    for (Selection selection : selections(seed, COLUMNS)) {
      assertThat(rowsOf(selection)).isLessThanOrEqualTo(most);
    }
  }

  private static long rowsOf(Selection selection) {
    if (selection instanceof Selection.Cells cells) {
      return Arrays.stream(cells.rows()).distinct().count();
    }
    return selection instanceof Selection.Rows chosen ? chosen.rows().length : ROWS;
  }

  @ParameterizedTest(name = "seed={0}")
  @ValueSource(longs = {1, 2, 3, 5, 8})
  void select_sameSeed_sameSelections(long seed) {
    assertThat(selections(seed, COLUMNS)).isEqualTo(selections(seed, COLUMNS));
  }

  @ParameterizedTest(name = "outputs per chunk={0}")
  @ValueSource(ints = {1, 2, 3, 6})
  void select_anyChunks_sameSelections(int outputs) {
    assertThat(selections(4, outputs)).isEqualTo(selections(4, COLUMNS));
  }

  private List<Selection> selections(long seed, int outputsPerChunk) {
    LayerAccumulator accumulator =
        new LayerAccumulator(
            LAYER,
            new OptimizerSettings(0.9f, 0.1f, 0),
            GradientFormat.F32,
            List.of(new LayerAccumulator.Choice(bound())),
            seed);
    SplittableRandom random = new SplittableRandom(seed);
    List<Selection> selections = new ArrayList<>();
    for (int iteration = 0; iteration < 100; iteration++) {
      for (int output = 0; output < COLUMNS; output += outputsPerChunk) {
        int outputs = Math.min(outputsPerChunk, COLUMNS - output);
        ByteBuffer weights = ByteBuffer.allocate(4 * outputs * ROWS).order(ByteOrder.LITTLE_ENDIAN);
        while (weights.hasRemaining()) {
          weights.putFloat((float) random.nextDouble(-1, 1));
        }
        accumulator.add(0, outputs, weights.flip(), ByteBuffer.allocate(0));
      }
      selections.addAll(accumulator.select(iteration));
    }
    return selections;
  }
}
