package org.sgsars.producer.kafka;

import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.sgsars.contract.wire.Topics;
import org.sgsars.failure.ServiceException;
import org.sgsars.model.LayerShape;
import org.sgsars.model.RunPlan;

/**
 * Which part of a run a producer sends, where several send one run: of its layers, in their order,
 * those from {@code index * layers / count} on. Its records go to partitions of its own, so that
 * nothing of another producer waits before them.
 *
 * @param index from 0
 * @param count of producers, at least 1
 */
public record Shard(int index, int count) {
  /** The only producer of a run. */
  public static final Shard WHOLE = new Shard(0, 1);

  private static final Pattern TEXT = Pattern.compile("(\\d{1,6})/(\\d{1,6})");

  /**
   * @throws IllegalArgumentException if the index is not one of so many
   */
  public Shard {
    if (index < 0 || index >= count) {
      throw new IllegalArgumentException(
          "shard %d/%d is none; allowed: i/n with 0 <= i < n".formatted(index, count));
    }
  }

  /**
   * @param text {@code i/n}, such as {@code 0/2}
   * @throws IllegalArgumentException if it is not so, saying what is allowed
   */
  public static Shard parse(String text) {
    Matcher found = TEXT.matcher(text);
    if (!found.matches()) {
      throw new IllegalArgumentException(
          "shard '%s' is none; allowed: i/n with 0 <= i < n".formatted(text));
    }
    return new Shard(Integer.parseInt(found.group(1)), Integer.parseInt(found.group(2)));
  }

  public boolean isWhole() {
    return count == 1;
  }

  /**
   * Indices of the layers that it sends, ascending.
   *
   * @param layers of the run
   */
  List<Integer> layers(int layers) {
    return IntStream.range(first(index, layers), first(index + 1, layers)).boxed().toList();
  }

  private int first(int of, int layers) {
    return Math.toIntExact((long) of * layers / count);
  }

  /**
   * The partition of the records of one of its layers: one of every {@code count}th from {@code
   * index} on.
   *
   * @param partitions of each topic, at least {@link #count}
   */
  int partition(String run, int layer, int partitions) {
    int own = (partitions - index + count - 1) / count;
    return index + count * Topics.partition(run, layer, own);
  }

  /**
   * @throws IllegalArgumentException if a producer would have nothing to send
   */
  public void requireLayers(int layers) {
    if (count > layers) {
      throw new IllegalArgumentException(
          "shard %s is of more producers than the run has layers, %d; allowed: at most one for each"
              .formatted(this, layers));
    }
  }

  /**
   * @throws ServiceException if there is no partition for some producer
   */
  void requirePartitions(int partitions) {
    if (count > partitions) {
      throw new ServiceException(
          "Shard %s is of more producers than the topics have partitions, %d; allowed: at most one for each (sgsars.kafka.partitions)"
              .formatted(this, partitions));
    }
  }

  /**
   * Others of the run split it otherwise, so that layers would be sent twice or not at all.
   *
   * @param announced parts of the run, as {@link #toString} has them
   * @throws ServiceException naming one of those
   */
  void requireSameSplit(String run, Set<String> announced) {
    for (String other : announced.stream().sorted().toList()) {
      if (!other.endsWith("/" + count)) {
        throw new ServiceException(
            "Run '%s' has a producer of shard %s, and this is shard %s; give all producers of a run the same number of shards, or this run another name"
                .formatted(run, other, this));
      }
    }
  }

  /** What ended its part, with the layers that are not whole then; the reason itself of a whole. */
  String ended(String reason, RunPlan plan) {
    if (isWhole()) {
      return reason;
    }
    String names =
        layers(plan.layers().size()).stream()
            .map(plan.layers()::get)
            .map(LayerShape::name)
            .collect(Collectors.joining(", "));
    return "shard %s, with the layers %s: %s".formatted(this, names, reason);
  }

  @Override
  public String toString() {
    return index + "/" + count;
  }
}
