package org.sgsars.failure;

/** What fits into this process. */
public final class Memory {
  private Memory() {}

  /**
   * A layer that can never fit is recognised before anything is made of it.
   *
   * @param bytes that it takes at least
   * @param what takes them, for people
   * @throws IllegalArgumentException if it is more than this process may ever have
   */
  public static void requireRoom(long bytes, String what) {
    if (bytes > Runtime.getRuntime().maxMemory()) {
      throw new IllegalArgumentException(
          "%s take %d MiB of memory, and this process has %d MiB in all; start it with more (-Xmx)"
              .formatted(what, bytes >> 20, Runtime.getRuntime().maxMemory() >> 20));
    }
  }
}
