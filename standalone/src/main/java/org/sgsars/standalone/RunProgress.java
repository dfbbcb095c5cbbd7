package org.sgsars.standalone;

import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.sgsars.standalone.PipelineRun.ProgressListener;

/** Shows how far a run is: a bar on a terminal, a line now and then elsewhere. */
final class RunProgress implements ProgressListener, AutoCloseable {
  /** Set by the launcher if standard error is a terminal, which Java cannot tell by itself. */
  private static final String TERMINAL = "sgsars.terminal";

  private static final double MEGABYTE = 1e6;
  private static final long LINE_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final String unit;
  private final long iterations;
  private final long bytesPerIteration;
  private final PrintStream out;
  private final Optional<ProgressBar> bar;
  private final long start = System.nanoTime();
  private long lastLine = start;
  private long lastShown = -1;
  private boolean started;

  private RunProgress(
      String unit, long iterations, long bytesPerIteration, PrintStream out, boolean terminal) {
    this.unit = unit;
    this.iterations = iterations;
    this.bytesPerIteration = bytesPerIteration;
    this.out = out;
    this.bar =
        terminal
            ? Optional.of(
                new ProgressBarBuilder()
                    .setTaskName(unit)
                    .setInitialMax(iterations)
                    .setUpdateIntervalMillis(200)
                    .setStyle(ProgressBarStyle.ASCII)
                    .build())
            : Optional.empty();
  }

  /**
   * @param bytesPerIteration of gradient
   */
  static RunProgress onStandardError(long iterations, long bytesPerIteration) {
    return new RunProgress(
        "iterations", iterations, bytesPerIteration, System.err, Boolean.getBoolean(TERMINAL));
  }

  /**
   * Of a trace that is read; no run is to start, so nothing is said of its first iteration.
   *
   * @param bytesPerIteration of gradient
   */
  static RunProgress ofReading(long iterations, long bytesPerIteration) {
    RunProgress progress = onStandardError(iterations, bytesPerIteration);
    progress.started = true;
    return progress;
  }

  /**
   * @param selections rows that all layers and scenarios together have to write
   */
  static RunProgress ofSelections(long selections) {
    return new RunProgress("selections", selections, 0, System.err, Boolean.getBoolean(TERMINAL));
  }

  @Override
  public void iterationsDone(long done) {
    bar.ifPresent(
        shown -> {
          shown.stepTo(done);
          shown.setExtraMessage(rate(done));
        });
    if (bar.isEmpty() && bytesPerIteration > 0 && done > 0 && !started) {
      started = true;
      out.printf(Locale.ROOT, "first iteration after %.1f s%n", secondsSinceJvmStart());
    }
    long now = System.nanoTime();
    boolean due = now - lastLine >= LINE_NANOS || done == iterations;
    if (bar.isEmpty() && due && done != lastShown) {
      out.printf(
          Locale.ROOT,
          "%d of %d %s, %.0f %%, %s, %s left%n",
          done,
          iterations,
          unit,
          100.0 * done / iterations,
          rate(done),
          left(done));
      lastLine = now;
      lastShown = done;
    }
  }

  private static double secondsSinceJvmStart() {
    long start = ManagementFactory.getRuntimeMXBean().getStartTime();
    return (System.currentTimeMillis() - start) / 1e3;
  }

  private double seconds() {
    return (System.nanoTime() - start) / 1e9;
  }

  private String rate(long done) {
    if (bytesPerIteration == 0) {
      return String.format(Locale.ROOT, "%.2f M/s", done / MEGABYTE / seconds());
    }
    return String.format(Locale.ROOT, "%.1f MB/s", done * bytesPerIteration / MEGABYTE / seconds());
  }

  private String left(long done) {
    return done == 0
        ? "unknown"
        : String.format(Locale.ROOT, "%.0f s", seconds() * (iterations - done) / done);
  }

  /** Shows nothing more, so that other text may follow. */
  void finish() {
    bar.ifPresent(ProgressBar::close);
  }

  @Override
  public void close() {
    finish();
  }
}
