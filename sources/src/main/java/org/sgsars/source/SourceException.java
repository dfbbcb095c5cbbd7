package org.sgsars.source;

/** A source of gradients cannot be read on. The message is for people and names the place. */
public final class SourceException extends Exception {
  public SourceException(String message) {
    super(message);
  }

  public SourceException(String message, Throwable cause) {
    super(message, cause);
  }
}
