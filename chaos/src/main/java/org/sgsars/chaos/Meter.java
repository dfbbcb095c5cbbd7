package org.sgsars.chaos;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What a process has of memory, threads and files, by Linux and the JVM. */
final class Meter {
  private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");
  private static final Pattern THREADS = Pattern.compile("Threads:\\s+(\\d+)");

  /** What the heap's generations say of themselves; of the serial collector. */
  private static final Pattern USED = Pattern.compile("total \\d+K, used (\\d+)K");

  /**
   * @param heapKilobytes in use after a full collection
   */
  record Holdings(long heapKilobytes, long threads, long files) {}

  private Meter() {}

  /** Memory that the process has, in MiB; 0 if it is not running. */
  static long residentMegabytes(Member member) throws IOException {
    if (member.pid().isEmpty()) {
      return 0;
    }
    return number(RESIDENT, Path.of("/proc", "" + member.pid().getAsLong(), "status")) >> 10;
  }

  /** What is left when the garbage is collected. */
  static Holdings holdings(Member member) throws IOException, InterruptedException {
    long pid = member.pid().orElseThrow(() -> new IOException(member.name() + " is not running"));
    Path home = Path.of("/proc", Long.toString(pid));
    jcmd(pid, "GC.run");
    Matcher used = USED.matcher(jcmd(pid, "GC.heap_info"));
    long kilobytes = 0;
    while (used.find()) {
      kilobytes += Long.parseLong(used.group(1));
    }
    try (Stream<Path> files = Files.list(home.resolve("fd"))) {
      return new Holdings(kilobytes, number(THREADS, home.resolve("status")), files.count());
    }
  }

  private static String jcmd(long pid, String command) throws IOException, InterruptedException {
    Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    Process process =
        new ProcessBuilder(List.of(jcmd.toString(), Long.toString(pid), command))
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException("jcmd " + command + " failed: " + said);
    }
    return said;
  }

  private static long number(Pattern pattern, Path file) throws IOException {
    try {
      Matcher found = pattern.matcher(Files.readString(file));
      return found.find() ? Long.parseLong(found.group(1)) : 0;
    } catch (NoSuchFileException e) {
      // It has just ended.
      return 0;
    }
  }

  /** What a folder takes on the disk, in MiB. */
  static long megabytes(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return 0;
    }
    // Files come and go while we look.
    Process du = new ProcessBuilder("du", "-sm", folder.toString()).start();
    String said = new String(du.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return Long.parseLong(said.substring(0, said.indexOf('\t')));
  }
}
