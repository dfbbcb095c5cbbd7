package org.sgsars.failure;

/** A service cannot start or go on. The message is for people: what is wrong and the way out. */
public final class ServiceException extends RuntimeException {
  public ServiceException(String message) {
    super(message);
  }

  public ServiceException(String message, Throwable cause) {
    super(message, cause);
  }
}
