package org.sgsars.failure;

import java.io.IOException;
import java.net.BindException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sgsars.file.FileProblem;

/**
 * Why something failed, in one line for people: what happened, in the words of who met it, and the
 * way out. What is only likely is said to be so.
 */
public final class FailureReason {
  private static final String OURS = "org.sgsars.";
  private static final int MEBIBYTE_BITS = 20;
  private static final int GIBIBYTE_BITS = 30;
  private static final int LEAST_ADVISED_GIBIBYTES = 4;

  /** A file that the loader names twice before it says what is wrong with it. */
  private static final Pattern LIBRARY = Pattern.compile("(/[^:]+): (?:\\1: )?(.*)");

  private FailureReason() {}

  /** The innermost message that is ours or says most; frameworks wrap what really happened. */
  public static String of(Throwable failure) {
    List<Throwable> chain = chain(failure);
    for (Throwable cause : chain) {
      Optional<String> known = known(cause, chain);
      if (known.isPresent()) {
        return known.get();
      }
    }
    return words(chain.get(chain.size() - 1));
  }

  /**
   * Whether {@link #of} has a way out of a failure that is no exception: memory, or a library or a
   * class that cannot be loaded.
   */
  public static boolean isOfTheMachine(Throwable failure) {
    return chain(failure).stream()
        .anyMatch(e -> e instanceof OutOfMemoryError || e instanceof LinkageError || isNative(e));
  }

  /** A failure and its causes, outermost first, each once. */
  private static List<Throwable> chain(Throwable failure) {
    List<Throwable> chain = new ArrayList<>();
    Throwable cause = failure;
    while (cause != null && !chain.contains(cause)) {
      chain.add(cause);
      cause = cause.getCause();
    }
    return chain;
  }

  private static Optional<String> known(Throwable cause, List<Throwable> chain) {
    if (cause instanceof ServiceException) {
      return Optional.of(String.valueOf(cause.getMessage()));
    }
    if (cause instanceof OutOfMemoryError memory) {
      return Optional.of(ofMemory(memory));
    }
    if (cause instanceof LinkageError || isNative(cause)) {
      return Optional.of(ofLinkage(chain.subList(chain.indexOf(cause), chain.size())));
    }
    if (cause instanceof BindException && isOfTheHttpView(chain)) {
      return Optional.of(
          "The HTTP view cannot have its address (%s: %s); choose another by micronaut.server.port"
              .formatted(chain.get(0).getMessage(), cause.getMessage()));
    }
    if (isOfTheRecordsTime(cause)) {
      return Optional.of(
          "The broker refuses the time of a record (%s); this machine has %s: perhaps its clock and the broker's differ, set both by NTP"
              .formatted(cause.getMessage(), Instant.now()));
    }
    return Optional.empty();
  }

  /** By its name: what only services know is not on every class path. */
  private static boolean isOfTheRecordsTime(Throwable cause) {
    return cause.getClass().getName().endsWith(".InvalidTimestampException");
  }

  private static boolean isOfTheHttpView(List<Throwable> chain) {
    return chain.stream().anyMatch(e -> e.getClass().getName().startsWith("io.micronaut."));
  }

  private static String words(Throwable failure) {
    if (failure instanceof IOException file) {
      return FileProblem.reason(file);
    }
    String message = failure.getMessage();
    return message == null || message.isBlank() ? failure.toString() : message;
  }

  private static String ofMemory(OutOfMemoryError error) {
    String said = String.valueOf(error.getMessage());
    String happened = said + place(error);
    if (said.contains("heap space") || said.contains("GC overhead")) {
      return "Not enough memory (%s): the heap of %d MiB is full; give the JVM more: %s"
          .formatted(happened, heapMebibytes(), advice(advisedHeap()));
    }
    if (said.contains("array size") || said.contains("implementation limit")) {
      return "Not enough room in one array (%s): something has more than the 2^31 - 1 elements that Java's arrays have, whatever the heap; make it smaller"
          .formatted(happened);
    }
    if (said.contains("Metaspace") || said.contains("class space")) {
      return "Not enough memory for classes (%s); leave out -XX:MaxMetaspaceSize and -XX:CompressedClassSpaceSize, or raise them: %s"
          .formatted(happened, advice("-XX:MaxMetaspaceSize=256m"));
    }
    if (said.contains("direct buffer") || said.contains("Direct buffer")) {
      return "Not enough memory beside the heap (%s); allow more: %s"
          .formatted(happened, advice("-XX:MaxDirectMemorySize=1g"));
    }
    if (said.contains("native thread")) {
      return "No thread can be started (%s); perhaps the limit of processes is reached (ulimit -u, or pids of the container), or the machine has no memory left"
          .formatted(happened);
    }
    return "Not enough memory (%s); perhaps the heap of %d MiB is too small (%s), or the machine has none left"
        .formatted(happened, heapMebibytes(), advice(advisedHeap()));
  }

  private static long heapMebibytes() {
    return Runtime.getRuntime().maxMemory() >> MEBIBYTE_BITS;
  }

  /** Twice what there is, which the heap's own overhead makes a little less than was given. */
  private static String advisedHeap() {
    long doubled = ((2 * Runtime.getRuntime().maxMemory()) >> GIBIBYTE_BITS) + 1;
    return "-Xmx%dg".formatted(Math.max(LEAST_ADVISED_GIBIBYTES, doubled));
  }

  private static String advice(String option) {
    return "./sgs-ars takes SGS_ARS_JAVA_OPTS=%1$s, a service JAVA_TOOL_OPTIONS=%1$s"
        .formatted(option);
  }

  /** Where in this program memory ran out; who asked last need not be who has most. */
  private static String place(Throwable error) {
    for (StackTraceElement frame : error.getStackTrace()) {
      String name = frame.getClassName();
      if (name.startsWith(OURS)) {
        return ", in %s.%s"
            .formatted(name.substring(name.lastIndexOf('.') + 1), frame.getMethodName());
      }
    }
    return "";
  }

  /** Snappy's own is no LinkageError. */
  private static boolean isNative(Throwable cause) {
    return cause instanceof UnsatisfiedLinkError
        || cause.getClass().getName().equals("org.xerial.snappy.SnappyError");
  }

  private static String ofLinkage(List<Throwable> chain) {
    Throwable innermost = chain.get(chain.size() - 1);
    String said = firstLine(innermost);
    boolean isLibrary =
        chain.stream().anyMatch(FailureReason::isNative)
            || said.contains("Cannot unpack")
            || said.contains("snappy")
            || said.contains("zstd");
    if (!isLibrary) {
      return "A class cannot be loaded or used (%s: %s); perhaps a jar of plugins/ was made for another version of sgs-ars or of Java, or the limit of open files is reached (ulimit -n)"
          .formatted(innermost.getClass().getSimpleName(), said);
    }
    Path temporary = Path.of(System.getProperty("java.io.tmpdir", "/tmp"));
    Matcher library = LIBRARY.matcher(said);
    String what = library.matches() ? library.group(1) + ": " + library.group(2) : said;
    return "A native library cannot be loaded (%s); perhaps %s is mounted noexec, full or not writable: choose another folder: %s"
        .formatted(what, temporary, advice("-Djava.io.tmpdir=DIR"));
  }

  private static String firstLine(Throwable failure) {
    return String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
  }
}
