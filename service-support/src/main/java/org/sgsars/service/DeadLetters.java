package org.sgsars.service;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.sgsars.contract.wire.WireFormat;
import org.sgsars.wire.DeadLetter;

/** What a service says about a record that it cannot use. */
final class DeadLetters {
  private DeadLetters() {}

  /**
   * The letter as bytes for {@code dead-letters}.
   *
   * @param topic where the record stands
   * @param key the record's own; says whose it is where nothing else does
   * @param reason why it cannot be used, for people
   */
  static byte[] encode(
      String service,
      String topic,
      int partition,
      long offset,
      byte @Nullable [] key,
      BadRecordException bad,
      String reason) {
    return WireFormat.DEAD_LETTER.encode(
        DeadLetter.newBuilder()
            .setRun(bad.run().orElseGet(() -> runOf(key)))
            .setLayer(bad.layer().orElse(null))
            .setService(service)
            .setTopic(topic)
            .setPartition(partition)
            .setOffset(offset)
            .setReason(reason)
            .setEndsLayer(bad.endsLayer())
            .setEndsAt(bad.endsAt().isPresent() ? bad.endsAt().getAsLong() : null)
            .setScenarios(bad.scenarios())
            .build());
  }

  /** What cannot be decoded may still have a key that says whose it is: run/layer. */
  private static @Nullable String runOf(byte @Nullable [] key) {
    if (key == null) {
      return null;
    }
    String text = new String(key, StandardCharsets.UTF_8);
    int slash = text.indexOf('/');
    return slash > 0 ? text.substring(0, slash) : null;
  }
}
