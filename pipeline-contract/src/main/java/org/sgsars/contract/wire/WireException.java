package org.sgsars.contract.wire;

/** Bytes that are not the record they should be. The message says what they are instead. */
public sealed class WireException extends Exception permits UnknownSchemaException {
  public WireException(String message) {
    super(message);
  }

  public WireException(String message, Throwable cause) {
    super(message, cause);
  }
}
