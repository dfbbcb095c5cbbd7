package org.sgsars.service;

import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.errors.WakeupException;
import org.sgsars.log.TimeSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A service whose work is a sequence of steps. No step waits for longer than a call of the log
 * does, and nothing happens between two steps: whoever calls {@link #step} decides when. {@link
 * #run} calls it again and again, in the caller's thread.
 *
 * <p>The life of one: {@link #open}, steps, then {@link #finish} if it ends in good order, and in
 * any case {@link #release}. After a method has thrown only {@link #release} may be called.
 */
public abstract class SteppedService implements PipelineService {
  /** What a step came to. */
  public enum Step {
    /** There may be more to do at once. */
    AGAIN,
    /** Nothing is to be done for the moment. */
    IDLE,
    /** The work is done. */
    DONE
  }

  private static final Logger LOG = LoggerFactory.getLogger(SteppedService.class);

  /** Between two steps where there is nothing to do. */
  private static final long IDLE_NANOS = 100_000_000;

  private final TimeSource time;
  private final AtomicBoolean stopping = new AtomicBoolean();

  protected SteppedService(TimeSource time) {
    this.time = time;
  }

  /**
   * Makes ready for the first step.
   *
   * @throws ServiceException if it cannot begin
   */
  public abstract void open();

  /**
   * Does the next piece of work.
   *
   * @throws ServiceException if it cannot go on
   */
  public abstract Step step();

  /**
   * Ends the work in good order, so that another instance resumes where this one was.
   *
   * @throws ServiceException if what is to be kept cannot be
   */
  public abstract void finish();

  /** Releases all that it holds; saves nothing and sends nothing. */
  public abstract void release();

  protected final TimeSource time() {
    return time;
  }

  /**
   * Works until it is done or {@link #close()} is called.
   *
   * @throws ServiceException if it cannot go on
   */
  @Override
  public final void run() {
    try {
      open();
      Step last = Step.AGAIN;
      while (last != Step.DONE && !stopping.get()) {
        last = step();
        if (last == Step.IDLE) {
          time.pause(IDLE_NANOS);
        }
      }
      finish();
    } catch (WakeupException e) {
      LOG.debug("{} was woken up to stop", status().service());
    } catch (RuntimeException e) {
      status().failed(e);
      throw e;
    } finally {
      status().down();
      release();
    }
  }

  /** Asks it to stop after the step that it is at. From any thread; does not wait. */
  @Override
  public void close() {
    stopping.set(true);
  }
}
