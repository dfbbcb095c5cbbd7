package org.sgsars.standalone;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** docs/reference/command-line.md is what the commands say of themselves. */
final class CommandLineDocumentTest {
  private static final String HEAD =
      """
      # Command line

      <!-- Written by CommandLineDocumentTest: mvn -o -pl standalone -am test -Dtest=CommandLineDocumentTest
           -Dsurefire.failIfNoSpecifiedTests=false -Dsgsars.writeDocuments=true -->

      What `./sgs-ars COMMAND --help` prints, for every command.

      - Results go to standard output. Progress, notes and errors go to standard error.
      - `SGS_ARS_JAVA_OPTS` holds options of the Java machine, such as `-Xmx4g` for another limit of the heap.
      - `SGS_ARS_PLUGINS` names the folder of policies of your own (default: `plugins`).
      """;

  private static void append(StringBuilder text, CommandLine command) {
    command.setUsageHelpWidth(100);
    text.append("\n## ").append(command.getCommandSpec().qualifiedName()).append("\n\n```text\n");
    text.append(command.getUsageMessage(Ansi.OFF).replace("\r", "").stripTrailing());
    text.append("\n```\n");
    command.getSubcommands().entrySet().stream()
        .filter(entry -> !entry.getKey().equals("help"))
        .forEach(entry -> append(text, entry.getValue()));
  }

  @Test
  void document_usage_isThatOfTheCommands() throws IOException {
    StringBuilder text = new StringBuilder(HEAD);
    append(text, new CommandLine(new SgsArsCommand()));

    Documents.compare("docs/reference/command-line.md", text.toString());
  }
}
