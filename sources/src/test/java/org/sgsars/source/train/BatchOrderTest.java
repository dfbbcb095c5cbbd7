package org.sgsars.source.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class BatchOrderTest {
  private static int[] epoch(BatchOrder order, int epoch) {
    return IntStream.range(0, 3).flatMap(i -> Arrays.stream(order.batch(3L * epoch + i))).toArray();
  }

  @Test
  void batch_epoch_seesEveryImageAtMostOnce() {
    BatchOrder order = new BatchOrder(10, 3, 7);

    assertThat(order.iterationsPerEpoch()).isEqualTo(3);
    for (int epoch = 0; epoch < 5; epoch++) {
      assertThat(epoch(order, epoch)).hasSize(9).doesNotHaveDuplicates();
      assertThat(Arrays.stream(epoch(order, epoch))).allMatch(image -> image >= 0 && image < 10);
    }
  }

  @Test
  void batch_nextEpoch_isAnotherOrder() {
    BatchOrder order = new BatchOrder(10, 3, 7);

    assertThat(epoch(order, 1)).isNotEqualTo(epoch(order, 0));
  }

  @Test
  void batch_sameSeed_isTheSame_whereverOneBegins() {
    BatchOrder order = new BatchOrder(10, 3, 7);
    int[] third = epoch(order, 2);

    assertThat(epoch(new BatchOrder(10, 3, 7), 2)).isEqualTo(third);
    assertThat(epoch(new BatchOrder(10, 3, 8), 2)).isNotEqualTo(third);
    assertThat(epoch(order, 0)).isEqualTo(epoch(new BatchOrder(10, 3, 7), 0));
  }

  /**
   * Two unrelated orders of n images share one position on average, Poisson distributed, whatever
   * n. Orders that are shifted copies of each other share most of them.
   */
  @ParameterizedTest(name = "seed={0}")
  @ValueSource(longs = {-1, 0, 1, 2})
  void batch_hundredEpochs_shareNoPositionsBeyondChance(long seed) {
    int images = 6_000;
    BatchOrder order = new BatchOrder(images, images, seed);
    int[][] epochs = new int[100][];
    Arrays.setAll(epochs, order::batch);

    long shared = 0;
    long most = 0;
    for (int a = 0; a < epochs.length; a++) {
      for (int b = 0; b < a; b++) {
        long ofPair = sharedPositions(epochs[a], epochs[b]);
        shared += ofPair;
        most = Math.max(most, ofPair);
      }
    }

    // 4,950 pairs: 4,950 expected, standard deviation 70; one pair has ten in one of 10^7 cases.
    assertThat(shared).isBetween(4_600L, 5_300L);
    assertThat(most).isLessThan(10);
  }

  private static long sharedPositions(int[] a, int[] b) {
    return IntStream.range(0, a.length).filter(i -> a[i] == b[i]).count();
  }

  /**
   * Nor do the orders of neighbouring seeds: of every epoch of one with every epoch of the other.
   */
  @Test
  void batch_neighbouringSeeds_shareNoPositionsBeyondChance() {
    int images = 6_000;
    long shared = 0;
    for (long seed = 0; seed < 20; seed++) {
      BatchOrder order = new BatchOrder(images, images, seed);
      BatchOrder next = new BatchOrder(images, images, seed + 1);
      for (int epoch = 0; epoch < 10; epoch++) {
        for (int other = 0; other < 10; other++) {
          shared += sharedPositions(order.batch(epoch), next.batch(other));
        }
      }
    }

    // 2,000 pairs.
    assertThat(shared).isBetween(1_776L, 2_224L);
  }

  /** Every image comes to every position alike: chi-square of ten by ten, 81 degrees of freedom. */
  @ParameterizedTest(name = "seed={0}")
  @ValueSource(longs = {1, 2, 3, 5, 8})
  void batch_manyEpochs_areUniform(long seed) {
    int epochs = 10_000;
    BatchOrder order = new BatchOrder(10, 10, seed);
    int[][] counts = new int[10][10];
    for (int epoch = 0; epoch < epochs; epoch++) {
      int[] images = order.batch(epoch);
      for (int position = 0; position < 10; position++) {
        counts[position][images[position]]++;
      }
    }

    double expected = epochs / 10.0;
    double chiSquare =
        Arrays.stream(counts)
            .flatMapToInt(Arrays::stream)
            .mapToDouble(count -> Math.pow(count - expected, 2) / expected)
            .sum();
    // More in one of 10,000 cases, and less in one of 10,000.
    assertThat(chiSquare).isBetween(40.0, 137.0);
  }
}
