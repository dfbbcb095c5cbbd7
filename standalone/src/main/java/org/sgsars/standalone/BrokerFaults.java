package org.sgsars.standalone;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.sgsars.failure.FailureReason;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;

/**
 * Why a broker in this JVM gives up. Kafka tells nobody but its log, which this listens to, also
 * where nothing of it is shown.
 */
final class BrokerFaults extends TurboFilter {
  /** How every reason begins. */
  static final String GAVE_UP = "The broker in this process gave up";

  private static final List<String> BROKER = List.of("kafka.", "org.apache.kafka.");

  /** Clients run in the same JVM, and what they meet is not what the broker meets. */
  private static final String CLIENTS = "org.apache.kafka.clients.";

  private static final List<String> NO_ROOM = List.of("No space left on device", "quota exceeded");
  private static final String NO_FILES = "Too many open files";

  /** The last error, and the last that has to do with a file, which others follow from. */
  private final AtomicReference<@Nullable Throwable> last = new AtomicReference<>();

  private final AtomicReference<@Nullable Throwable> lastOfAFile = new AtomicReference<>();

  /** Listens from now on, as long as this program runs. */
  static BrokerFaults watch() {
    BrokerFaults faults = new BrokerFaults();
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      context.getTurboFilterList().removeIf(BrokerFaults.class::isInstance);
      context.addTurboFilter(faults);
    }
    return faults;
  }

  /**
   * What the machine did not give the last broker, if there was something, and the way out: clients
   * only see that it does not answer. Empty if something else went wrong, or nothing.
   */
  Optional<String> lack() {
    return Optional.ofNullable(lastOfAFile.get())
        .map(FailureReason::of)
        .filter(said -> said.contains(NO_FILES) || isNoRoom(said))
        .map(
            said ->
                said.contains(NO_FILES)
                    ? "%s (%sulimit -n 4096 allows more)".formatted(said, filesAllowed())
                    : said);
  }

  /** What watches the last broker of this program. */
  static Optional<BrokerFaults> current() {
    return LoggerFactory.getILoggerFactory() instanceof LoggerContext context
        ? context.getTurboFilterList().stream()
            .filter(BrokerFaults.class::isInstance)
            .map(BrokerFaults.class::cast)
            .findFirst()
        : Optional.empty();
  }

  private static boolean isNoRoom(String said) {
    return NO_ROOM.stream().anyMatch(said::contains);
  }

  @Override
  public FilterReply decide(
      @Nullable Marker marker,
      Logger logger,
      Level level,
      @Nullable String format,
      Object @Nullable [] parameters,
      @Nullable Throwable failure) {
    if (failure != null && level.isGreaterOrEqual(Level.WARN) && isOfABroker(logger.getName())) {
      record(failure);
    }
    return FilterReply.NEUTRAL;
  }

  private static boolean isOfABroker(String logger) {
    return BROKER.stream().anyMatch(logger::startsWith) && !logger.startsWith(CLIENTS);
  }

  /** Something went wrong in the broker. */
  void record(Throwable failure) {
    last.set(failure);
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof IOException) {
        lastOfAFile.set(cause);
        return;
      }
    }
  }

  /**
   * Why the broker gives up, and the way out, for people.
   *
   * @param folder of the broker
   * @param message that it gives up with, if it has one
   */
  String reason(Path folder, Optional<String> message) {
    Throwable failure = Optional.ofNullable(lastOfAFile.get()).orElseGet(last::get);
    if (failure == null) {
      return GAVE_UP
          + message.map(said -> ": " + said).orElse(" and does not say why")
          + "; perhaps the disk of %s is full or the limit of open files is reached (ulimit -n)"
              .formatted(folder);
    }
    String said = FailureReason.of(failure);
    if (isNoRoom(said)) {
      return "%s: %s (its folder is %s); make room, or choose another folder by SGS_ARS_JAVA_OPTS=-Djava.io.tmpdir=DIR or, with --keep, by --out"
          .formatted(GAVE_UP, said, folder);
    }
    if (said.contains(NO_FILES)) {
      return "%s: %s (%sits folder is %s); allow this process more of them (ulimit -n 4096)"
          .formatted(GAVE_UP, said, filesAllowed(), folder);
    }
    return "%s: %s (its folder is %s)".formatted(GAVE_UP, said, folder);
  }

  private static String filesAllowed() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
        ? "the limit is %d; ".formatted(unix.getMaxFileDescriptorCount())
        : "";
  }
}
