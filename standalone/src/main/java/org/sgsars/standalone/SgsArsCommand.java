package org.sgsars.standalone;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sgsars.contract.wire.WireModel;
import org.sgsars.experiment.Experiment;
import org.sgsars.experiment.ExperimentException;
import org.sgsars.experiment.ExperimentFile;
import org.sgsars.file.FileProblem;
import org.sgsars.model.Names;
import org.sgsars.model.PolicyChoice;
import org.sgsars.model.RunNotices;
import org.sgsars.model.RunPlan;
import org.sgsars.model.Sweep;
import org.sgsars.policy.Policies;
import org.sgsars.producer.PreparedBench;
import org.sgsars.producer.PreparedRun;
import org.sgsars.service.ServiceLauncher;
import org.sgsars.source.SourceException;
import org.sgsars.source.external.ExternalSourcePolicy;
import org.sgsars.source.trace.MissingGradients;
import org.sgsars.source.trace.Traces;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sgs-ars}: the top of the command line. */
@Command(
    name = "sgs-ars",
    description =
        "How long does an RRAM training-in-memory engine live, and what makes it live longer?",
    mixinStandardHelpOptions = true,
    versionProvider = SgsArsCommand.Version.class,
    subcommands = {
      RunCommand.class,
      ResumeCommand.class,
      UpCommand.class,
      ServeCommand.class,
      DeadLettersCommand.class,
      BenchCommand.class,
      SgsArsCommand.Validate.class,
      SchemaCommand.class,
      SgsArsCommand.Trace.class,
      DeviceCommand.class,
      CommandLine.HelpCommand.class
    })
final class SgsArsCommand implements Runnable {
  /** Of commands that only look at their input. */
  static final String EXIT_CODES = "Exit codes: 0 fine, 2 wrong input.";

  @Spec private @Nullable CommandSpec spec;

  @Override
  public void run() {
    CommandSpec here = spec;
    if (here != null) {
      here.commandLine().usage(System.out);
    }
  }

  /** The version of the jar. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"sgs-ars " + ServiceLauncher.version(Main.class)};
    }
  }

  /** {@code sgs-ars validate}. */
  @Command(
      name = "validate",
      description = "Checks an experiment file and whether its source fits it; runs nothing.",
      mixinStandardHelpOptions = true,
      versionProvider = Version.class,
      footer = {"", EXIT_CODES})
  static final class Validate
      implements java.util.concurrent.Callable<Integer>, Preflight.Prepares {
    @Parameters(paramLabel = "EXPERIMENT", description = "The experiment file.")
    private Path file = Path.of("");

    @Option(
        names = "--manifest",
        paramLabel = "FILE",
        description =
            "Also write the manifest that the run's services would get first, as JSON, for programs that send gradients themselves.")
    private @Nullable Path manifest;

    @Option(
        names = "--layers",
        paramLabel = "FILE",
        description =
            "Layers of source external: the layers.json with shapes that a program which trains writes of its network.")
    private @Nullable Path layers;

    @Option(names = "--iterations", paramLabel = "N", description = "Instead of the file's.")
    private @Nullable Long iterations;

    @Override
    public Experiment experiment(Policies policies) throws ExperimentException {
      Experiment experiment =
          ExperimentFile.read(file, policies).withIterationsOr(iterations, "--iterations");
      if (layers == null) {
        return experiment;
      }
      PolicyChoice source = experiment.source().choice();
      if (!isElsewhere(experiment)) {
        throw new ExperimentException(
            List.of(
                "--layers: source %s has its own layers; allowed with source external only"
                    .formatted(source.kind())));
      }
      return experiment.withSource(
          source.with(Map.of(ExternalSourcePolicy.LAYERS, layers.toString())));
    }

    @Override
    public Integer call() {
      Policies policies = Policies.onClassPath();
      try {
        Experiment experiment = experiment(policies);
        if (PreparedBench.isFor(experiment, policies)) {
          PreparedBench bench = PreparedBench.of(experiment, policies, java.time.Instant.now());
          print(experiment, bench.plan(), "bench");
        } else {
          PreparedRun run =
              PreparedRun.checked(experiment, policies, "check", java.time.Instant.now());
          run.source().close();
          if (manifest != null) {
            Files.writeString(manifest, WireModel.toWire(run.plan()) + "\n");
          }
          print(experiment, run.plan(), isElsewhere(experiment) ? "up and your program" : "run");
        }
        return 0;
      } catch (IOException e) {
        System.err.println(manifest + " cannot be written: " + FileProblem.reason(e));
        return RunSession.WRONG_INPUT;
      } catch (ExperimentException | SourceException e) {
        System.err.println(e.getMessage());
        return RunSession.WRONG_INPUT;
      }
    }

    private static boolean isElsewhere(Experiment experiment) {
      return experiment.source().choice().kind().equals(ExternalSourcePolicy.KIND);
    }

    private void print(Experiment experiment, RunPlan plan, String command) {
      printFine(experiment, plan, command);
      for (Sweep sweep : plan.sweeps()) {
        System.out.printf(
            Locale.ROOT,
            "  sweep %s: %d scenarios, %s to %s%n",
            sweep.name(),
            sweep.count(),
            plan.scenarios().get(sweep.firstScenario()).name(),
            plan.scenarios().get(sweep.firstScenario() + sweep.count() - 1).name());
        for (Sweep.Range range : sweep.ranges()) {
          System.out.printf(Locale.ROOT, "    %s: %s%n", range.setting(), Names.of(range.values()));
        }
      }
      Layers.printSome(System.out, plan.layers());
      Notes.print(System.out, RunNotices.of(plan));
    }

    private void printFine(Experiment experiment, RunPlan plan, String command) {
      System.out.printf(
          Locale.ROOT,
          "%s: fine: %d scenarios, %d layers, %d iterations; for ./sgs-ars %s%n",
          file,
          experiment.scenarios().size(),
          plan.layers().size(),
          experiment.iterations(),
          command);
    }
  }

  /** {@code sgs-ars trace}. */
  @Command(
      name = "trace",
      description = "Looks at, converts and records gradient traces.",
      mixinStandardHelpOptions = true,
      versionProvider = Version.class,
      subcommands = {Info.class, Import.class, RecordCommand.class})
  static final class Trace implements Runnable {
    @Spec private @Nullable CommandSpec spec;

    @Override
    public void run() {
      CommandSpec here = spec;
      if (here != null) {
        here.commandLine().usage(System.out);
      }
    }
  }

  /** Reads what is meant by a missing gradient. */
  static final class MissingConverter implements CommandLine.ITypeConverter<MissingGradients> {
    @Override
    public MissingGradients convert(String text) {
      return MissingGradients.of(text)
          .orElseThrow(
              () ->
                  new CommandLine.TypeConversionException(
                      "'%s' is not one of %s".formatted(text, MissingGradients.keys())));
    }
  }

  /** {@code sgs-ars trace info}. */
  @Command(
      name = "info",
      description = "Reads and checks a whole trace and says what it holds.",
      mixinStandardHelpOptions = true,
      versionProvider = Version.class,
      footer = {"", EXIT_CODES})
  static final class Info implements java.util.concurrent.Callable<Integer> {
    @Parameters(paramLabel = "PATH", description = "An Avro trace or a safetensors folder.")
    private Path path = Path.of("");

    @Option(
        names = "--missing",
        paramLabel = "WHAT",
        converter = MissingConverter.class,
        description = "A gradient that an iteration lacks: refuse (default) or zero.")
    private MissingGradients missing = MissingGradients.REFUSE;

    @Override
    public Integer call() {
      try (TraceProgress progress = new TraceProgress()) {
        Traces.TraceInfo info = Traces.info(path, missing, progress);
        progress.finish();
        print(info);
        return 0;
      } catch (SourceException e) {
        System.err.println(e.getMessage());
        return RunSession.WRONG_INPUT;
      }
    }

    private static void print(Traces.TraceInfo info) {
      System.out.printf(
          Locale.ROOT,
          "%s (%s)%n%d iterations, %d bytes of gradient each; initial weights: %s; weight decay already in the gradients: %s%n",
          info.description(),
          info.format(),
          info.iterations(),
          info.bytesPerIteration(),
          info.hasWeights() ? "yes" : "no",
          info.weightDecay());
      Layers.print(System.out, info.layers());
      Notes.print(System.out, info.notices());
    }
  }

  /** {@code sgs-ars trace import}. */
  @Command(
      name = "import",
      description = "Writes a safetensors folder as one Avro trace.",
      mixinStandardHelpOptions = true,
      versionProvider = Version.class,
      footer = {"", EXIT_CODES})
  static final class Import implements java.util.concurrent.Callable<Integer> {
    @Parameters(index = "0", paramLabel = "FOLDER", description = "NNNNNN.safetensors files.")
    private Path folder = Path.of("");

    @Parameters(index = "1", paramLabel = "FILE", description = "The trace to write.")
    private Path file = Path.of("");

    @Option(names = "--description", description = "What the trace is, for people.")
    private @Nullable String description;

    @Option(
        names = "--weight-decay",
        description = "Weight decay that the gradients already hold (default: as the folder says).")
    private @Nullable Double weightDecay;

    @Option(
        names = "--missing",
        paramLabel = "WHAT",
        converter = MissingConverter.class,
        description =
            "A gradient that an iteration lacks: refuse (default) or zero, which is written out.")
    private MissingGradients missing = MissingGradients.REFUSE;

    @Override
    public Integer call() {
      try (TraceProgress progress = new TraceProgress()) {
        List<String> notices =
            Traces.importFolder(folder, file, description, weightDecay, missing, progress);
        progress.finish();
        Info.print(Traces.info(file, missing));
        Notes.print(System.out, notices);
        return 0;
      } catch (SourceException e) {
        System.err.println(e.getMessage());
        return RunSession.WRONG_INPUT;
      }
    }
  }
}
