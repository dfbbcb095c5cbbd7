package org.sgsars.contract.wire;

/** Bytes that are not the record they should be. The message says what they are instead. */
public final class WireException extends Exception {
  public WireException(String message) {
    super(message);
  }

  public WireException(String message, Throwable cause) {
    super(message, cause);
  }
}
