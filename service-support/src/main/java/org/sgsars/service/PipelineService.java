package org.sgsars.service;

/**
 * A service at work. {@link #run()} returns when its work is done or after {@link #close()}, and
 * throws if it cannot go on.
 */
public interface PipelineService extends Runnable, AutoCloseable {
  ServiceStatus status();

  /** Asks the service to stop in good order. From any thread; does not wait. */
  @Override
  void close();
}
