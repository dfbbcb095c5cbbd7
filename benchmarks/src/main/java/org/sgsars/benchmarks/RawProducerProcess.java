package org.sgsars.benchmarks;

import java.util.concurrent.Semaphore;
import org.sgsars.service.ProcessDefaults;

/** The producing end of {@link RawKafka} in a process of its own. */
final class RawProducerProcess {
  private RawProducerProcess() {}

  /**
   * @param args the broker, bytes of a chunk, and the number of iterations. Each byte of the input
   *     lets the producer go one iteration further ahead.
   */
  public static void main(String[] args) throws Exception {
    ProcessDefaults.set();
    Semaphore ahead = new Semaphore(0);
    Thread permits =
        new Thread(
            () -> {
              try {
                while (System.in.read() >= 0) {
                  ahead.release();
                }
              } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            });
    permits.setDaemon(true);
    permits.start();
    Load load =
        Load.of(Integer.parseInt(args[2])).withWarm(0).withChunkBytes(Integer.parseInt(args[1]));
    new RawKafka(RawKafka.settings(args[0]), load).produce(ahead);
  }
}
