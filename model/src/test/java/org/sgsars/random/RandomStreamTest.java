package org.sgsars.random;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.LongFunction;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RandomStreamTest {
  private static final int DRAWS = 10_000;

  /** Five standard deviations of the correlation of so many unrelated draws. */
  private static final double UNCORRELATED = 5 / Math.sqrt(DRAWS);

  private static double[] draws(RandomStream stream) {
    SplittableRandom random = stream.generator();
    double[] draws = new double[DRAWS];
    Arrays.setAll(draws, i -> random.nextDouble());
    return draws;
  }

  /** Of values that are even in [0, 1): mean 1/2, variance 1/12. */
  private static double correlation(double[] a, double[] b, int lag) {
    double sum = 0;
    for (int i = 0; i < a.length - lag; i++) {
      sum += (a[i + lag] - 0.5) * (b[i] - 0.5);
    }
    return 12 * sum / (a.length - lag);
  }

  /** The pinned numbers are what every machine and every later release has to give. */
  @Test
  void seed_ofAPath_isTheSameForEver() {
    RandomStream stream = RandomStream.of(1, "device");

    assertThat(stream.seed()).isEqualTo(-235256846436734738L);
    assertThat(stream.child("fc1").seed()).isEqualTo(4357148517214170836L);
    assertThat(stream.child("fc1").child(7).seed()).isEqualTo(9131230319457523731L);
    assertThat(stream.child("fc1").child(7).generator().nextInt(1_000_000)).isEqualTo(663319);
  }

  @Test
  void child_namesAndIndicesAlike_leadToOtherSeeds() {
    RandomStream stream = RandomStream.of(1, "a");

    assertThat(
            LongStream.of(
                    stream.seed(),
                    RandomStream.of(2, "a").seed(),
                    RandomStream.of(1, "b").seed(),
                    stream.child("").seed(),
                    stream.child("b").seed(),
                    stream.child("bc").seed(),
                    stream.child("b").child("c").seed(),
                    stream.child("cb").seed(),
                    stream.child("1").seed(),
                    stream.child(1).seed(),
                    stream.child(0).seed(),
                    stream.child(0).child(1).seed(),
                    stream.child(1).child(0).seed(),
                    stream.child(-1).seed())
                .distinct()
                .count())
        .isEqualTo(14);
  }

  @ParameterizedTest(name = "seed={0}")
  @ValueSource(longs = {-1, 0, 1, 2, 1L << 32, Long.MAX_VALUE})
  void generator_neighbouringSeedsNamesAndIndices_areUncorrelated(long seed) {
    RandomStream stream = RandomStream.of(seed, "layer");
    double[] own = draws(stream);

    for (RandomStream neighbour :
        new RandomStream[] {
          RandomStream.of(seed + 1, "layer"),
          RandomStream.of(seed ^ Long.MIN_VALUE, "layer"),
          RandomStream.of(seed + 0x9E37_79B9_7F4A_7C15L, "layer"),
          RandomStream.of(seed, "layes"),
          stream.child(0),
          stream.child(1),
          stream.child("")
        }) {
      double[] others = draws(neighbour);
      for (int lag = 0; lag < 20; lag++) {
        assertThat(Math.abs(correlation(own, others, lag))).isLessThan(UNCORRELATED);
        assertThat(Math.abs(correlation(others, own, lag))).isLessThan(UNCORRELATED);
      }
    }
  }

  /** Streams that were shifted copies of each other would share all but their first numbers. */
  private static void assertNoNumberTwice(LongFunction<RandomStream> streams) {
    long[] all = new long[1_000 * 500];
    for (int stream = 0; stream < 1_000; stream++) {
      SplittableRandom random = streams.apply(stream).generator();
      for (int i = 0; i < 500; i++) {
        all[500 * stream + i] = random.nextLong();
      }
    }
    // Half a million draws of 2^64 meet by chance once in 10^8 times.
    assertThat(Arrays.stream(all).distinct().count()).isEqualTo(all.length);
  }

  @Test
  void generator_neighbouringIndices_shareNoNumbers() {
    RandomStream stream = RandomStream.of(1, "epoch");

    assertNoNumberTwice(stream::child);
  }

  @Test
  void generator_neighbouringSeeds_shareNoNumbers() {
    assertNoNumberTwice(seed -> RandomStream.of(seed, "epoch"));
  }

  @Test
  void generator_neighbouringNames_shareNoNumbers() {
    RandomStream stream = RandomStream.of(1, "layer");

    assertNoNumberTwice(number -> stream.child("layer" + number));
  }

  /** One more in the index turns each of the 64 bits over in half of the cases. */
  @Test
  void seed_nextIndex_turnsEveryBitOverHalfTheTime() {
    RandomStream stream = RandomStream.of(3, "avalanche");
    int[] turned = new int[Long.SIZE];
    for (int i = 0; i < DRAWS; i++) {
      long difference = stream.child(i).seed() ^ stream.child(i + 1).seed();
      for (int bit = 0; bit < Long.SIZE; bit++) {
        turned[bit] += (int) (difference >>> bit & 1);
      }
    }

    // Standard deviation 50.
    assertThat(Arrays.stream(turned).boxed())
        .allSatisfy(count -> assertThat(count).isBetween(DRAWS / 2 - 250, DRAWS / 2 + 250));
  }

  /** First draws of neighbouring indices fill twenty bins evenly: chi-square, 19 degrees. */
  @ParameterizedTest(name = "seed={0}")
  @ValueSource(longs = {1, 2, 3, 5, 8})
  void generator_firstDrawsOverIndices_areUniform(long seed) {
    RandomStream stream = RandomStream.of(seed, "first");
    int[] bins = new int[20];
    for (int i = 0; i < DRAWS; i++) {
      bins[stream.child(i).generator().nextInt(bins.length)]++;
    }

    double expected = (double) DRAWS / bins.length;
    double chiSquare =
        Arrays.stream(bins).mapToDouble(count -> Math.pow(count - expected, 2) / expected).sum();
    // More in one of 10,000 cases.
    assertThat(chiSquare).isLessThan(50.8);
  }
}
