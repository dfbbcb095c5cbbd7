package org.sgsars.standalone;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import picocli.CommandLine;

/**
 * What a command said.
 *
 * @param code it ended with
 * @param out standard output
 * @param err standard error
 */
record CommandResult(int code, String out, String err) {
  /** Executes a command of {@code sgs-ars} in this process. */
  static CommandResult run(String... args) {
    return run(() -> new CommandLine(new SgsArsCommand()), args);
  }

  /**
   * Executes a command in this process.
   *
   * @param commands makes it, when its output goes where it is read
   */
  static CommandResult run(Supplier<CommandLine> commands, String... args) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
    ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
    try {
      System.setOut(new PrintStream(outBytes, true, StandardCharsets.UTF_8));
      System.setErr(new PrintStream(errBytes, true, StandardCharsets.UTF_8));
      int code = Main.execute(commands.get(), args);
      return new CommandResult(
          code,
          outBytes.toString(StandardCharsets.UTF_8),
          errBytes.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }
}
