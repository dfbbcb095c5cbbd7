package org.sgsars.source;

/** A source of gradients cannot be read on. The message is for people and names the place. */
public sealed class SourceException extends Exception permits LayerRulesException {
  public SourceException(String message) {
    super(message);
  }

  public SourceException(String message, Throwable cause) {
    super(message, cause);
  }

  /**
   * The same problem of a source that an experiment names.
   *
   * @param place of the source in the experiment, which comes before the message
   */
  public SourceException at(String place) {
    return new SourceException("%s: %s".formatted(place, getMessage()), this);
  }
}
