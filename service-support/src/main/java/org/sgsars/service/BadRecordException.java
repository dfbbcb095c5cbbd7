package org.sgsars.service;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.sgsars.contract.wire.UnknownSchemaException;
import org.sgsars.contract.wire.WireException;

/** A record that cannot be used; it goes to the dead letters. */
public final class BadRecordException extends Exception {
  private static final long GOES_ON = Long.MAX_VALUE;

  private final @Nullable String run;
  private final @Nullable String layer;
  private final @Nullable String schema;
  private final long endsAt;
  private final transient List<Integer> scenarios;

  private BadRecordException(
      String reason,
      @Nullable String run,
      @Nullable String layer,
      @Nullable String schema,
      long endsAt,
      List<Integer> scenarios) {
    super(reason);
    this.run = run;
    this.layer = layer;
    this.schema = schema;
    this.endsAt = endsAt;
    this.scenarios = List.copyOf(scenarios);
  }

  /** A record of which it cannot be told what it is part of. */
  public static BadRecordException unattributed(String reason) {
    return new BadRecordException(reason, null, null, null, GOES_ON, List.of());
  }

  /** A record that is none of those that its topic holds. */
  static BadRecordException undecoded(WireException why) {
    return unattributed(String.valueOf(why.getMessage())).because(why);
  }

  /** A record of a run that cannot be followed. */
  public static BadRecordException ofRun(String reason, String run) {
    return new BadRecordException(reason, run, null, null, GOES_ON, List.of());
  }

  /**
   * A record without which its layer cannot go on.
   *
   * @param endsAt the first iteration that is not done
   * @param scenarios indices of those in which the layer ends; empty for all
   */
  public static BadRecordException endingLayer(
      String reason, String run, String layer, long endsAt, List<Integer> scenarios) {
    return new BadRecordException(reason, run, layer, null, endsAt, scenarios);
  }

  /** The same, with what {@code why} says of the record's schema. */
  public BadRecordException because(Throwable why) {
    return why instanceof UnknownSchemaException unknown
        ? new BadRecordException(
            String.valueOf(getMessage()), run, layer, unknown.fingerprint(), endsAt, scenarios)
        : this;
  }

  /** Fingerprint of the record's schema, if that is why it cannot be used: it is not known. */
  Optional<String> schema() {
    return Optional.ofNullable(schema);
  }

  public Optional<String> run() {
    return Optional.ofNullable(run);
  }

  public Optional<String> layer() {
    return Optional.ofNullable(layer);
  }

  public boolean endsLayer() {
    return endsAt != GOES_ON;
  }

  /** If the layer ends, the first iteration that is not done. */
  public OptionalLong endsAt() {
    return endsLayer() ? OptionalLong.of(endsAt) : OptionalLong.empty();
  }

  /** Indices of the scenarios in which the layer ends; empty for all. */
  public List<Integer> scenarios() {
    return scenarios;
  }
}
