package org.sgsars.standalone;

import org.sgsars.experiment.Experiment;
import org.sgsars.experiment.ExperimentException;
import org.sgsars.policy.Policies;
import org.sgsars.policy.PolicyFamily;
import org.sgsars.policy.PolicyLoadException;
import org.sgsars.source.train.ImageTrainingSourcePolicy;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * Answers {@code ./sgs-ars}, before it starts a command, whether that command trains a network and
 * lacks the module for it. Only reads.
 */
final class Preflight {
  /** Set where a command line is asked about, not executed. */
  static final String ASKED = "sgsars.preflight";

  /** The exit code that means yes; the command itself has none of that number. */
  static final int LACKS_ENGINE = 75;

  private Preflight() {}

  /** A command that prepares an experiment's source. */
  interface Prepares {
    /**
     * The experiment that the command line names.
     *
     * @throws ExperimentException if there is none that can be read
     */
    Experiment experiment(Policies policies) throws ExperimentException;
  }

  /** Whether a command line needs an engine for networks that is not on the class path. */
  static boolean lacksEngine(String... args) {
    try {
      ParseResult parsed = new CommandLine(new SgsArsCommand()).parseArgs(args);
      while (parsed.hasSubcommand()) {
        parsed = parsed.subcommand();
      }
      return !parsed.isUsageHelpRequested()
          && !parsed.isVersionHelpRequested()
          && parsed.commandSpec().userObject() instanceof Prepares command
          && trains(command)
          && !ImageTrainingSourcePolicy.hasEngine();
    } catch (ParameterException | ExperimentException | PolicyLoadException e) {
      // The command itself says what is wrong.
      return false;
    }
  }

  private static boolean trains(Prepares command) throws ExperimentException {
    Policies policies = Policies.onClassPath();
    String kind = command.experiment(policies).source().choice().kind();
    return policies
        .find(PolicyFamily.SOURCE, kind)
        .filter(ImageTrainingSourcePolicy.class::isInstance)
        .isPresent();
  }
}
