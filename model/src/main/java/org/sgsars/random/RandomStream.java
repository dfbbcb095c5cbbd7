package org.sgsars.random;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/**
 * A stream of random numbers, known by a seed and the names and indices that lead to it: {@code
 * RandomStream.of(seed, "batches").child(epoch)}. The same path gives the same numbers on every
 * machine; other paths, however alike, give numbers that have nothing to do with each other. A
 * layer is named by its name, never by its position, so the order of layers changes nothing.
 *
 * <p>A path is mixed into 64 bits by the finalizer of SplitMix64 (Steele et al., OOPSLA 2014, <a
 * href="https://doi.org/10.1145/2660193.2660195">doi:10.1145/2660193.2660195</a>), a name byte by
 * byte of its UTF-8. A stream's {@linkplain #seed() seed} therefore is no sum of its parts: a
 * generator that counts up from it by a constant, as {@link SplittableRandom} does, never comes
 * upon the seed of a neighbouring index.
 */
public final class RandomStream {
  private static final long GAMMA = 0x9E37_79B9_7F4A_7C15L;

  /** Keep a name apart from the index of the same bits. */
  private static final long NAME = 0xD6E8_FEB8_6659_FD93L;

  private static final long INDEX = 0xA076_1D64_78BD_642FL;

  private final long key;

  private RandomStream(long key) {
    this.key = key;
  }

  /**
   * The first stream of a domain.
   *
   * @param seed of the run, or of what {@link #seed} was handed on to; any value
   * @param domain what the numbers are for; no two uses of one seed share it
   */
  public static RandomStream of(long seed, String domain) {
    return new RandomStream(mix(seed + GAMMA)).child(domain);
  }

  /** The stream of a name under this one. */
  public RandomStream child(String name) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    long mixed = mix(key ^ NAME);
    for (byte b : bytes) {
      mixed = mix(mixed + GAMMA * (1 + (b & 0xFF)));
    }
    return new RandomStream(mix(mixed ^ bytes.length));
  }

  /** The stream of an index under this one; other indices lead to other seeds. */
  public RandomStream child(long index) {
    return new RandomStream(mix(mix(key ^ INDEX) + GAMMA * index));
  }

  /** The stream as a seed, for whoever draws by other means or hands it on. */
  public long seed() {
    return key;
  }

  /** A generator of the stream's numbers, from the first on. */
  public SplittableRandom generator() {
    return new SplittableRandom(key);
  }

  /**
   * A bijection of 64 bits that leaves nothing of an input's pattern: neighbours come out
   * unrelated.
   */
  public static long mix(long value) {
    long mixed = (value ^ (value >>> 30)) * 0xBF58_476D_1CE4_E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D0_49BB_1331_11EBL;
    return mixed ^ (mixed >>> 31);
  }
}
