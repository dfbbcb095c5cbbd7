package org.sgsars.policy;

/** A policy on the class path cannot be used. The message is for people: which one and why. */
public final class PolicyLoadException extends RuntimeException {
  public PolicyLoadException(String message, Throwable cause) {
    super(message, cause);
  }
}
