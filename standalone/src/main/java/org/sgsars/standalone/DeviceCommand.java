package org.sgsars.standalone;

import com.github.freva.asciitable.HorizontalAlign;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.sgsars.analyzer.report.EnduranceChart;
import org.sgsars.analyzer.report.TextTable;
import org.sgsars.device.DeviceLaw;
import org.sgsars.device.DeviceLaw.FirstFailure;
import org.sgsars.device.DevicePolicy;
import org.sgsars.experiment.DeviceArguments;
import org.sgsars.experiment.ExperimentException;
import org.sgsars.file.FileProblem;
import org.sgsars.model.PlainText;
import org.sgsars.model.PolicyChoice;
import org.sgsars.policy.Policies;
import org.sgsars.policy.PolicyFamily;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sgs-ars device}. */
@Command(
    name = "device",
    description = "Looks at devices.",
    mixinStandardHelpOptions = true,
    versionProvider = SgsArsCommand.Version.class,
    subcommands = {DeviceCommand.Info.class})
final class DeviceCommand implements Runnable {
  private static final int WRONG_INPUT = 2;

  @Spec private @Nullable CommandSpec spec;

  @Override
  public void run() {
    CommandSpec here = spec;
    if (here != null) {
      here.commandLine().usage(System.out);
    }
  }

  /** {@code sgs-ars device info}. */
  @Command(
      name = "info",
      description =
          "Says when a device's cells fail: the share over writes, and the first failure of arrays.",
      mixinStandardHelpOptions = true,
      versionProvider = SgsArsCommand.Version.class,
      footer = {
        "",
        "Such as: sgs-ars device info lognormal median=3e5 spread=0.92",
        "         sgs-ars device info measured path=cells.csv law=weibull --svg law.svg",
        "",
        SgsArsCommand.EXIT_CODES
      })
  static final class Info implements Callable<Integer> {
    private static final List<Long> ARRAYS = List.of(1_000L, 1_000_000L, 1_000_000_000L);

    /** Shares whose writes are listed. */
    private static final List<Double> SHARES = List.of(1e-9, 1e-6, 1e-4, 1e-3, 0.01, 0.1, 0.5, 0.9);

    private static final double NEVER = 1e18;

    @Parameters(index = "0", paramLabel = "KIND", description = "The device's kind.")
    private String kind = "";

    @Parameters(
        index = "1..*",
        paramLabel = "KEY=VALUE",
        description = "Its settings, as an experiment has them; paths from this folder.")
    private List<String> settings = new ArrayList<>();

    @Option(
        names = "--svg",
        paramLabel = "FILE",
        description = "Also draw the share failed over writes.")
    private @Nullable Path svg;

    @Override
    public Integer call() {
      Policies policies = Policies.onClassPath();
      try {
        PolicyChoice choice = DeviceArguments.read(kind, settings, policies);
        DevicePolicy<?> policy =
            policies.require(PolicyFamily.DEVICE, choice.kind(), DevicePolicy.class);
        // What is drawn by the seed is cells, not the law.
        DeviceLaw law = new DeviceLaw(policy.bind(choice).create(0));
        System.out.println(text(policy, choice, law));
        if (svg != null) {
          Files.writeString(svg, EnduranceChart.file(title(choice, law), law, ARRAYS));
        }
        return 0;
      } catch (ExperimentException e) {
        System.err.println(e.getMessage());
        return WRONG_INPUT;
      } catch (IOException e) {
        System.err.println(svg + " cannot be written: " + FileProblem.reason(e));
        return WRONG_INPUT;
      }
    }

    private static String title(PolicyChoice choice, DeviceLaw law) {
      return choice.kind() + ": " + middle(law);
    }

    private static String middle(DeviceLaw law) {
      StringBuilder text = new StringBuilder("half of the cells ");
      text.append(
          law.writes(0.5) >= NEVER
              ? "do not fail"
              : "fail by " + writes(law.writes(0.5)) + " writes");
      law.spreadDecades().ifPresent(spread -> text.append(format(", spread %.3g decades", spread)));
      return text.toString();
    }

    private static String text(DevicePolicy<?> policy, PolicyChoice choice, DeviceLaw law) {
      return String.join(
          System.lineSeparator(),
          choice.kind() + ": " + policy.summary(),
          "source: " + policy.source(),
          "settings: " + PlainText.of(choice.toString()),
          middle(law),
          "",
          shares(law),
          "",
          firstFailures(law),
          "Median over arrays of so many cells; in brackets 5 % to 95 % of them.");
    }

    private static String shares(DeviceLaw law) {
      List<List<String>> rows =
          SHARES.stream().map(share -> List.of(share(share), writes(law.writes(share)))).toList();
      return TextTable.of(List.of("share failed", "by writes"), HorizontalAlign.RIGHT, rows);
    }

    private static String firstFailures(DeviceLaw law) {
      List<List<String>> rows =
          ARRAYS.stream()
              .map(
                  cells -> {
                    FirstFailure first = law.firstFailure(cells);
                    return List.of(
                        format("%.0e", (double) cells),
                        "%s [%s, %s]"
                            .formatted(
                                writes(first.median()), writes(first.low()), writes(first.high())));
                  })
              .toList();
      return TextTable.of(List.of("cells", "first failure, writes"), HorizontalAlign.RIGHT, rows);
    }

    private static String share(double share) {
      return share < 1e-3 ? format("%.0e", share) : Double.toString(share);
    }

    private static String writes(double writes) {
      if (writes >= NEVER) {
        return "never";
      }
      return writes < 1e5 ? format("%,.0f", writes) : format("%.2e", writes);
    }

    private static String format(String pattern, double value) {
      // As one would write it: 2.5e9 and not 2.5e+09.
      return String.format(Locale.ROOT, pattern, value).replaceAll("e([-]?)\\+?0*", "e$1");
    }
  }
}
