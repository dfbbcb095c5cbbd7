package org.sgsars.chaos;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.sgsars.file.Folders;

/**
 * One process that is wanted, and started again whenever it ends, as a container engine would do.
 */
final class Member {
  private static final long AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private final String name;
  private final List<String> command;
  private final Path home;
  private final Path log;
  private final boolean once;
  private List<String> more = List.of();
  private @Nullable Process process;
  private volatile @Nullable Process ending;
  private long notBefore;
  private int starts;
  private int asked;
  private boolean over;

  /**
   * @param home the machine's folder, in which it works; made when it is not there
   * @param log is appended to; lies elsewhere, so that it outlives the machine
   * @param once whether it is over when it ends well
   */
  Member(String name, List<String> command, Path home, Path log, boolean once) {
    this.name = name;
    this.command = command;
    this.home = home;
    this.log = log;
    this.once = once;
  }

  String name() {
    return name;
  }

  /** The machine's folder. */
  Path home() {
    return home;
  }

  /** What its command is followed by from the next start on, instead of what was asked before. */
  synchronized void startWith(List<String> arguments) {
    more = List.copyOf(arguments);
  }

  /** What its command is followed by. */
  synchronized List<String> more() {
    return more;
  }

  /** Starts it if it is not running; called again and again. */
  synchronized void tend() throws IOException {
    Process now = process;
    if (over || (now != null && now.isAlive())) {
      return;
    }
    if (now != null) {
      if (once && now.exitValue() == 0) {
        over = true;
        return;
      }
      process = null;
      notBefore = System.nanoTime() + AGAIN_NANOS;
    }
    if (System.nanoTime() >= notBefore) {
      Files.createDirectories(home);
      List<String> whole = new ArrayList<>(command);
      whole.addAll(more);
      Process started =
          new ProcessBuilder(whole).directory(home.toFile()).redirectErrorStream(true).start();
      // Not to a file directly: a limit on the size of files must not silence it.
      Thread pump = new Thread(() -> pump(started), name + "-log");
      pump.setDaemon(true);
      pump.start();
      process = started;
      starts++;
    }
  }

  private void pump(Process from) {
    try (InputStream in = from.getInputStream();
        OutputStream out =
            Files.newOutputStream(log, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      in.transferTo(out);
    } catch (IOException e) {
      // That of one that was killed is closed.
      if (from != ending) {
        System.err.println(name + " can no longer be heard: " + e.getMessage());
      }
    }
  }

  /** Does not start it again before so many milliseconds have passed. */
  synchronized void keepDown(long milliseconds) {
    notBefore = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(milliseconds);
  }

  /** Ends it at once, in the middle of whatever it does. */
  synchronized void kill() throws InterruptedException {
    Process now = process;
    if (now != null && now.isAlive()) {
      asked++;
      ending = now;
      now.destroyForcibly().waitFor();
      process = null;
    }
  }

  /** Asks it to end, and makes it if it does not within half a minute. */
  void stop() throws InterruptedException {
    Process now;
    synchronized (this) {
      now = process;
      asked++;
    }
    if (now != null) {
      ending = now;
      now.destroy();
      if (!now.waitFor(30, TimeUnit.SECONDS)) {
        now.destroyForcibly().waitFor();
      }
    }
  }

  /** It is not wanted any more. */
  void remove() throws InterruptedException {
    synchronized (this) {
      over = true;
    }
    stop();
  }

  /** It is not wanted any more, and ends at once. */
  synchronized void drop() throws InterruptedException {
    over = true;
    kill();
  }

  /** Its machine is lost, with all that is on it. */
  synchronized void removeMachine() throws InterruptedException, IOException {
    drop();
    Folders.delete(home);
  }

  /** Its machine is lost, and another takes its place and name; in so many milliseconds. */
  synchronized void replace(long milliseconds) throws InterruptedException, IOException {
    kill();
    Folders.delete(home);
    keepDown(milliseconds);
  }

  /** How often it was started. */
  synchronized int starts() {
    return starts;
  }

  /** Sends it a signal, such as {@code STOP}; false if it is not running. */
  boolean signal(String signal) throws IOException, InterruptedException {
    return tool("kill", "-" + signal);
  }

  /** Lets it write no file beyond so many bytes, as if the disk were full. */
  boolean limitFiles(long bytes) throws IOException, InterruptedException {
    return tool("prlimit", "--fsize=" + bytes, "--pid");
  }

  /** Runs a system's tool on the process, whose number comes last. */
  private boolean tool(String... start) throws IOException, InterruptedException {
    Process now;
    synchronized (this) {
      now = process;
    }
    if (now == null || !now.isAlive()) {
      return false;
    }
    List<String> tool = new ArrayList<>(List.of(start));
    tool.add(Long.toString(now.pid()));
    return new ProcessBuilder(tool)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start()
            .waitFor()
        == 0;
  }

  /** The number of the process; empty if it is not running. */
  synchronized OptionalLong pid() {
    Process now = process;
    return now != null && now.isAlive() ? OptionalLong.of(now.pid()) : OptionalLong.empty();
  }

  synchronized boolean isRunning() {
    Process now = process;
    return now != null && now.isAlive();
  }

  /** Whether it ended with nothing left to do. */
  synchronized boolean isOver() {
    return over;
  }

  /** How often it was started beyond the first time and what ended it on purpose. */
  synchronized int ownExits() {
    return Math.max(0, starts - 1 - asked);
  }
}
