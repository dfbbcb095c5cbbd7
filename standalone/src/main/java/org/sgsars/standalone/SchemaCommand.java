package org.sgsars.standalone;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.concurrent.Callable;
import org.sgsars.experiment.ExperimentSchema;
import org.sgsars.policy.Policies;
import picocli.CommandLine.Command;

/** {@code sgs-ars schema}. */
@Command(
    name = "schema",
    description =
        "Prints a JSON Schema of experiment files, by which editors complete and check them; policies in plugins are in it.",
    mixinStandardHelpOptions = true,
    versionProvider = SgsArsCommand.Version.class)
final class SchemaCommand implements Callable<Integer> {
  @Override
  public Integer call() throws JsonProcessingException {
    System.out.print(text(Policies.onClassPath()));
    return 0;
  }

  /** The schema with the kinds and settings of these policies, as JSON. */
  static String text(Policies policies) throws JsonProcessingException {
    DefaultPrettyPrinter printer = new DefaultPrettyPrinter();
    printer.indentArraysWith(new DefaultIndenter("  ", "\n"));
    printer.indentObjectsWith(new DefaultIndenter("  ", "\n"));
    return new ObjectMapper().writer(printer).writeValueAsString(ExperimentSchema.of(policies))
        + "\n";
  }
}
