package org.sgsars.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

final class MainTest {
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --seeds 0    | --seeds is 0; allowed: a whole number from 1 to 1000000000
          --seeds 10 --from 0 | --from is 0; allowed: a whole number from 1 to 1000000000
          --from 9999999999 | --from is 9999999999; allowed: a whole number from 1 to 1000000000
          --seeds many | Invalid value for option '--seeds': 'many' is not a long
          --seed one   | Invalid value for option '--seed': 'one' is not a long
          --nonsense   | Unknown option: '--nonsense'
          """)
  void execute_badInput_saysWhatIsAllowedAndExitsWithTwo(String arguments, String message) {
    StringWriter output = new StringWriter();

    int code = Main.commandLine().setErr(new PrintWriter(output)).execute(arguments.split(" "));

    assertThat(code).isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(output.toString().lines()).containsExactly(message);
  }
}
