package org.sgsars.policy;

/** A policy threw instead of doing its job. The message is for people: which policy, and what. */
public final class PolicyFailure extends RuntimeException {
  private PolicyFailure(String message, Throwable cause) {
    super(message, cause);
  }

  /**
   * Says whose fault something is; of a failure that says so already, nothing is changed.
   *
   * @param kind of the policy, as a run's manifest has it
   * @param thrown what came out of the policy
   * @throws Error if the JVM itself is at its end
   */
  public static PolicyFailure of(PolicyFamily family, String kind, Throwable thrown) {
    if (thrown instanceof Error error && !isContained(thrown)) {
      throw error;
    }
    return thrown instanceof PolicyFailure known
        ? known
        : new PolicyFailure("%s '%s' threw %s".formatted(family.key(), kind, thrown), thrown);
  }

  /**
   * Whether what was thrown concerns the work that was done, and not the process: all but errors of
   * the JVM itself. Memory or stack that one piece of work used up is free again when it is over.
   */
  public static boolean isContained(Throwable thrown) {
    return !(thrown instanceof VirtualMachineError)
        || thrown instanceof StackOverflowError
        || thrown instanceof OutOfMemoryError;
  }

  /** Whether memory ran out, whoever says so. */
  public static boolean isOutOfMemory(Throwable thrown) {
    Throwable cause = thrown;
    while (cause != null && !(cause instanceof OutOfMemoryError)) {
      cause = cause.getCause();
    }
    return cause != null;
  }
}
