package org.sgsars.simulation;

import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.sgsars.analyzer.core.LifetimeReport;
import org.sgsars.analyzer.report.ReportFolder;

/** Reports without what is no part of a run's result. */
final class Reports {
  /** When it began and ended, and at which attempt. */
  private static final Pattern CIRCUMSTANCES =
      Pattern.compile("\"(run|createdAt|finishedAt)\" : \"[^\"]*\"");

  private static final Pattern WARNINGS = Pattern.compile("\"warnings\" : \\[ (.*) ]");
  private static final Pattern WARNING = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"");

  /** Where a record that could not be used lies: it was sent once more, perhaps. */
  private static final Pattern PLACE = Pattern.compile("-\\d+@\\d+");

  private Reports() {}

  /** The report as JSON; of its warnings, which come as they are read, what they say. */
  static String comparable(LifetimeReport report) {
    String text = CIRCUMSTANCES.matcher(ReportFolder.json(report)).replaceAll("\"$1\" : \"\"");
    return WARNINGS.matcher(text).replaceAll(found -> withoutPlaces(found).replace("$", "\\$"));
  }

  private static String withoutPlaces(MatchResult found) {
    return WARNING
        .matcher(PLACE.matcher(found.group(1)).replaceAll(""))
        .results()
        .map(warning -> warning.group(1))
        .sorted()
        .collect(Collectors.joining("; ", "\"warnings\" : [ ", " ]"));
  }
}
