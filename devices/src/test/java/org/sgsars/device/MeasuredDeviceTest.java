package org.sgsars.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sgsars.model.PolicyChoice;
import org.sgsars.policy.Policies;
import org.sgsars.policy.PolicyFailure;
import org.sgsars.policy.PolicyFamily;
import org.sgsars.policy.SettingFileException;
import org.sgsars.policy.SettingFiles;

final class MeasuredDeviceTest {
  private static final Policies POLICIES = Policies.onClassPath();
  private static final DevicePolicy<?> MEASURED =
      POLICIES.require(PolicyFamily.DEVICE, "measured", DevicePolicy.class);

  /** Tables with a header and lines, with commas between values. */
  private static SettingFiles holding(String... lines) {
    return file -> {
      List<SettingFiles.Line> below = new ArrayList<>();
      for (int i = 1; i < lines.length; i++) {
        below.add(new SettingFiles.Line(i + 1, List.of(lines[i].split(",", -1))));
      }
      return new SettingFiles.Table(file, List.of(lines[0].split(",", -1)), below);
    };
  }

  /** What services are handed of a device whose table holds these lines. */
  private static PolicyChoice read(Map<String, ?> others, String... lines)
      throws SettingFileException {
    TreeMap<String, Object> settings = new TreeMap<>(others);
    settings.put("path", "lab/cells.csv");
    return MEASURED
        .bind(new PolicyChoice("measured", settings))
        .withFilesRead(holding(lines))
        .orElseThrow();
  }

  private static Device device(PolicyChoice choice) {
    return MEASURED.bind(choice).create(1);
  }

  /** Logarithms of 1e3, 1e3, 1e5, 1e5: mean 4, standard deviation 1; band as LawFitTest has it. */
  @Test
  void withFilesRead_cyclesOfCells_isTheFitWithItsBandAndWithoutThePath() throws Exception {
    PolicyChoice choice = read(Map.of("stuckLow", 0.001), "cycles", "1e3", "100000", "1000", "1e5");

    Map<String, Object> told = new TreeMap<>(choice.settings());
    assertThat(told)
        .containsEntry("law", "lognormal")
        .containsEntry("data", "cells.csv")
        .containsEntry("measuredCells", 4L)
        .containsEntry("failedCells", 4L)
        .containsEntry("median", 1e4)
        .containsEntry("spread", 1.0)
        .containsEntry("stuckLow", 0.001)
        .containsEntry("pulseNs", 10.0)
        .containsKeys("medianLow", "medianHigh", "spreadLow", "spreadHigh", "logLikelihood")
        .doesNotContainKeys("path", "scale", "steps");
    // 10^(4 + 1.26990), to six digits.
    assertThat(told.get("medianHigh")).isEqualTo(186166.0);
    assertThat(device(choice).quantile(0.5)).isCloseTo(1e4, within(1e-6));
  }

  /** A line may stand for several cells, and for cells that failed between two looks. */
  @Test
  void withFilesRead_theThreeForms_areTheSameCells() throws Exception {
    PolicyChoice counts = read(Map.of(), "cells,writes,failed", "8,1e3,0", "8,1e4,2", "8,1e5,5");
    PolicyChoice between = read(Map.of(), "from,to,cells", "1e3,1e4,2", "1e4,1e5,3", "1e5,,3");
    PolicyChoice each =
        read(
            Map.of(), "from,to", "1e3,1e4", "1e3,1e4", "1e4,1e5", "1e4,1e5", "1e4,1e5", "1e5,",
            "1e5,", "1e5,");

    assertThat(between).isEqualTo(counts);
    assertThat(each).isEqualTo(counts);
    assertThat(counts.settings())
        .isEqualTo(
            read(
                    Map.of(),
                    "group,cells,writes,failed",
                    "a,4,1e3,0",
                    "b,4,1e3,0",
                    "a,4,1e4,2",
                    "b,4,1e4,0",
                    "b,4,1e5,3",
                    "a,4,1e5,2")
                .settings());
  }

  @Test
  void withFilesRead_weibull_isThatLaw() throws Exception {
    PolicyChoice choice =
        read(Map.of("law", "weibull"), "group,cells,writes,failed", "a,4,1e3,1", "b,4,1e5,3");

    // LawFitTest has the closed form; settings have six digits of it.
    assertThat(choice.settings().get("shape")).isEqualTo(0.341471);
    assertThat(choice.settings().get("scale")).isEqualTo(38421.6);
    assertThat(device(choice).quantile(1 - Math.exp(-1))).isCloseTo(38421.6, within(0.1));
    assertThat(choice.settings()).doesNotContainKeys("median", "spread");
  }

  /** A quarter failed at 1e3, as many between 1e4 and 1e6; half were not seen to fail. */
  @Test
  void withFilesRead_empirical_isWhatWasSeenAndNothingBeyond() throws Exception {
    PolicyChoice choice =
        read(Map.of("law", "empirical"), "from,to,cells", "1e3,1e3,25", "1e4,1e6,25", "1e6,,50");

    Device device = device(choice);
    assertThat(choice.settings().get("steps")).isEqualTo("0.25:1e+3 0.5:1e+4:1e+6");
    assertThat(device.quantile(0.01)).isEqualTo(1e3);
    assertThat(device.quantile(0.25)).isEqualTo(1e3);
    assertThat(device.quantile(0.375)).isCloseTo(1e5, within(1e-6));
    assertThat(device.quantile(0.5)).isEqualTo(1e6);
    assertThat(device.quantile(0.51)).isEqualTo(1e18);
  }

  /** What a report says of a device may stand in an experiment, and is the same device. */
  @ParameterizedTest(name = "{0}")
  @CsvSource({"lognormal", "weibull", "empirical"})
  void problemWith_whatAReportSays_isAllowedAndTheSame(String law) throws Exception {
    PolicyChoice choice =
        read(Map.of("law", law), "cells,writes,failed", "8,1e3,0", "8,1e4,2", "8,1e5,5");

    BoundDevice<?> again = MEASURED.bind(new PolicyChoice("measured", choice.settings()));

    assertThat(again.problem()).isEmpty();
    assertThat(again.withFilesRead(holding())).isEmpty();
    assertThat(again.create(1).quantile(0.01)).isEqualTo(device(choice).quantile(0.01));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "law=lognormal | path is missing; allowed: the path of a table, or median and spread as a report has them",
        "law=weibull | path is missing; allowed: the path of a table, or scale and shape as a report has them",
        "law=empirical | path is missing; allowed: the path of a table, or steps as a report has them",
        "law=weibull median=3 | median: not of law weibull; leave it out, or choose another law",
        "path=a.csv median=3 | path and what is read of it (median) exclude each other; leave one of both out",
        "law=empirical steps=half | steps: 'half' is no step; allowed: SHARE:WRITES or SHARE:FROM:TO, with spaces between",
      })
  void problemWith_settingsThatDoNotGoTogether_isSaid(String settings, String problem) {
    Map<String, Object> given = new TreeMap<>();
    for (String setting : settings.split(" ", -1)) {
      String[] parts = setting.split("=", -1);
      given.put(parts[0], parts[1].equals("3") ? (Object) 3.0 : parts[1]);
    }

    assertThat(MEASURED.bind(new PolicyChoice("measured", given)).problem())
        .isEqualTo(Optional.of(problem));
  }

  /** A manifest of another program may name a path. */
  @Test
  void create_pathThatNobodyRead_saysWhatTheManifestNeeds() {
    BoundDevice<?> device =
        MEASURED.bind(new PolicyChoice("measured", Map.of("path", "/lab/cells.csv")));

    assertThatThrownBy(() -> device.create(1).quantile(0.5))
        .isInstanceOf(PolicyFailure.class)
        .hasMessageContaining(
            "a run's services do not read path; name in the manifest what was read of it");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "time;1 | lab/cells.csv: has the columns [time]; allowed: cycles and, if lines stand for several, cells; from, to and, likewise, cells; or cells, writes, failed and, if there are several, group",
        "cycles;1e3;-5 | lab/cells.csv:3: cycles: -5 is not allowed; allowed: a number above 0 and at most 1e15",
        "cycles;1e3;NaN | lab/cells.csv:3: cycles: NaN is not allowed; allowed: a number above 0 and at most 1e15",
        "cycles;1e16 | lab/cells.csv:2: cycles: 1e16 is not allowed; allowed: a number above 0 and at most 1e15",
        "cycles,cells;1e3,1.5 | lab/cells.csv:2: cells: 1.5 is not allowed; allowed: a whole number from 1 to 2147483647",
        "cycles,cells;1e3, | lab/cells.csv:2: cells: an empty value is not allowed; allowed: a whole number from 1 to 2147483647",
        "from,to;1e5,1e3 | lab/cells.csv:2: to: 1e3 is not allowed; allowed: at least the 1e5 writes that they survived",
        "cells,writes,failed;8,1e3,1;8,1e3,2 | lab/cells.csv:3: writes: 1e3 is not allowed; allowed: more than the 1000 of the line before",
        "cells,writes,failed;8,1e3,2;8,1e4,1 | lab/cells.csv:3: failed: 1 is not allowed; allowed: a whole number from 2 to 8",
        "cells,writes,failed;8,1e3,2;9,1e4,3 | lab/cells.csv:3: cells: 9 is not allowed; allowed: 8, as in the group's first line",
        "cells,writes,failed;8,1e3,0 | lab/cells.csv: none of the 8 cells failed, so their endurance cannot be fitted; give some that did",
        "cycles;5 | lab/cells.csv: the spread of the cells cannot be fitted; give failures at two or more counts of writes",
      })
  void withFilesRead_tableThatIsWrong_saysLineColumnValueAndWhatIsAllowed(
      String lines, String problem) {
    SettingFileException refused =
        catchThrowableOfType(
            SettingFileException.class, () -> read(Map.of(), lines.split(";", -1)));

    assertThat(refused.problems()).containsExactly(problem.replace("lab/", Path.of("lab/") + "/"));
  }

  @Test
  void withFilesRead_manyWrongLines_areCounted() {
    String[] lines = new String[31];
    java.util.Arrays.fill(lines, "x");
    lines[0] = "cycles";

    SettingFileException refused =
        catchThrowableOfType(SettingFileException.class, () -> read(Map.of(), lines));

    assertThat(refused.problems())
        .hasSize(21)
        .last()
        .isEqualTo("lab/cells.csv: and 10 more problems");
  }
}
