package org.sgsars.service;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.sgsars.contract.wire.UnknownSchemaException;

/**
 * The version of sgs-ars that wrote a record, as a header of the record. It is for people: who
 * cannot read a record says by it which program is the older one. Other programs need not send it.
 */
public final class WriterVersion {
  /** Name of the header; its value is the version in UTF-8. */
  public static final String HEADER = "sgs-ars-version";

  /** A longer one is no version. */
  private static final int MOST_BYTES = 64;

  private static final String OWN = ServiceLauncher.version(WriterVersion.class);

  private WriterVersion() {}

  /** Says in a record that this program wrote it. */
  public static void mark(ProducerRecord<String, byte[]> record) {
    record.headers().add(HEADER, OWN.getBytes(StandardCharsets.UTF_8));
  }

  /** The version that a record says; empty if it says none. */
  static Optional<String> of(ConsumerRecord<?, ?> record) {
    return Optional.ofNullable(record.headers().lastHeader(HEADER))
        .map(Header::value)
        .filter(value -> value.length > 0 && value.length <= MOST_BYTES)
        .map(value -> new String(value, StandardCharsets.UTF_8));
  }

  /**
   * Why a record cannot be used, for people: if its schema is not known, with the version that
   * wrote it and this one.
   */
  public static String explain(Exception why, ConsumerRecord<?, ?> record) {
    String message = String.valueOf(why.getMessage());
    return why instanceof UnknownSchemaException ? message + "; " + compare(record) : message;
  }

  /** The version that wrote a record, and this one. */
  static String compare(ConsumerRecord<?, ?> record) {
    return of(record)
            .map("sgs-ars %s wrote it"::formatted)
            .orElse("which version wrote it is unknown")
        + ", this is sgs-ars "
        + OWN;
  }
}
