package org.sgsars.log;

/**
 * What should wait in a log at most, unless somebody says otherwise.
 *
 * @param bytes of records
 * @param leastIterations of gradients, even if they take more bytes: those who read need some
 *     before them to keep busy
 */
public record Backlog(long bytes, long leastIterations) {
  /** On the disks of brokers, which are far away. */
  public static final Backlog ON_DISK = new Backlog(1L << 29, 8);

  /** Of a heap that services share with the log. */
  public static Backlog inHeap(long heapBytes) {
    return new Backlog(Math.min(ON_DISK.bytes, heapBytes / 8), 2);
  }

  /**
   * Iterations that may wait.
   *
   * @param bytesPerIteration of records that go through the log for one
   */
  public long iterations(long bytesPerIteration) {
    return Math.min(65_536, Math.max(leastIterations, bytes / bytesPerIteration));
  }
}
