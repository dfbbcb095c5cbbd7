package org.sgsars.contract.wire;

/**
 * A record whose schema this version does not know: one of a newer release, or another record than
 * is expected.
 */
public final class UnknownSchemaException extends WireException {
  private final String fingerprint;

  /**
   * @param record what is expected
   * @param fingerprint of the schema that is not known, as it stands in the record's header
   */
  UnknownSchemaException(String record, String fingerprint) {
    super(
        "not a %s that this version knows: its schema's fingerprint is %s"
            .formatted(record, fingerprint));
    this.fingerprint = fingerprint;
  }

  /** Of the schema, 16 digits as they stand in the record's header. */
  public String fingerprint() {
    return fingerprint;
  }
}
