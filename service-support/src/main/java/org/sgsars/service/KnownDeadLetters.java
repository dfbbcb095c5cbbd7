package org.sgsars.service;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.sgsars.contract.wire.WireException;
import org.sgsars.contract.wire.WireFormat;
import org.sgsars.wire.DeadLetter;

/**
 * Which records have a dead letter of a service. Each gets one, however often it is read: after a
 * restart from an older state, by the next owner of the partition, or from the topic's beginning.
 */
public final class KnownDeadLetters {
  private record Place(String topic, int partition, long offset) {}

  private final String service;
  private final Set<Place> places = new HashSet<>();

  /**
   * @param service whose letters count
   */
  public KnownDeadLetters(String service) {
    this.service = service;
  }

  /** Records a letter, whoever wrote it. */
  public void add(DeadLetter letter) {
    if (letter.getService().equals(service)) {
      places.add(new Place(letter.getTopic(), letter.getPartition(), letter.getOffset()));
    }
  }

  /** Whether this record has no letter yet; from now on it has. */
  public boolean isNew(ConsumerRecord<?, ?> record) {
    return places.add(new Place(record.topic(), record.partition(), record.offset()));
  }

  /**
   * Evicts the letters of records that are deleted.
   *
   * @param beginningOffsets each partition's first offset
   */
  public void evictDeleted(Map<TopicPartition, Long> beginningOffsets) {
    places.removeIf(
        place ->
            place.offset()
                < beginningOffsets.getOrDefault(
                    new TopicPartition(place.topic(), place.partition()), 0L));
  }

  /** Reads all letters that there are. */
  void read(PipelineLog log) {
    try (TopicReader letters = new TopicReader(log, List.of(log.topics().deadLetters()))) {
      letters.readToEnd(record -> add(record.value()));
    }
  }

  private void add(byte[] value) {
    if (value != null && WireFormat.DEAD_LETTER.recognises(value)) {
      try {
        add(WireFormat.DEAD_LETTER.decode(value));
      } catch (WireException e) {
        // Not a letter; the analyzer says so.
        return;
      }
    }
  }
}
