package org.sgsars.device;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.sgsars.device.fit.Measurement;
import org.sgsars.device.fit.Measurement.Cells;
import org.sgsars.policy.SettingFileException;
import org.sgsars.policy.SettingFiles.Line;
import org.sgsars.policy.SettingFiles.Table;

/**
 * A user's table of measured cells, in one of three forms that its columns tell apart: when each
 * failed; between which writes each failed; how many of a group had failed by so many writes.
 */
final class EnduranceTable {
  private static final String CYCLES = "cycles";
  private static final String FROM = "from";
  private static final String TO = "to";
  private static final String CELLS = "cells";
  private static final String GROUP = "group";
  private static final String WRITES = "writes";
  private static final String FAILED = "failed";

  private static final String FORMS =
      "cycles and, if lines stand for several, cells; from, to and, likewise, cells; or cells, writes, failed and, if there are several, group";

  private static final double MOST_WRITES = PresetDevice.MOST_WRITES;
  private static final long MOST_CELLS = Integer.MAX_VALUE;

  /** What a fit of more different lines takes is minutes, and shows no more. */
  private static final int MOST_DIFFERENT = 20_000;

  private static final int SHOWN_PROBLEMS = 20;

  /** A group of cells as far as it was read: the last look at it. */
  private record Observation(long cells, double writes, long failed) {}

  private final Table table;
  private final List<Cells> cells = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();

  private EnduranceTable(Table table) {
    this.table = table;
  }

  /**
   * What a table says of cells.
   *
   * @throws SettingFileException with everything that is wrong with it
   */
  static Measurement read(Table table) throws SettingFileException {
    return new EnduranceTable(table).measurement();
  }

  private Measurement measurement() throws SettingFileException {
    if (has(List.of(CYCLES), List.of(CELLS))) {
      table.lines().forEach(this::exact);
    } else if (has(List.of(FROM, TO), List.of(CELLS))) {
      table.lines().forEach(this::between);
    } else if (has(List.of(CELLS, WRITES, FAILED), List.of(GROUP))) {
      counts();
    } else {
      throw new SettingFileException(
          List.of(
              "%s: has the columns %s; allowed: %s"
                  .formatted(table.file(), table.columns(), FORMS)));
    }
    if (problems.isEmpty()) {
      Measurement measurement = new Measurement(cells);
      if (measurement.count() > MOST_CELLS) {
        problems.add(
            "%s: has %d cells; allowed: at most %d"
                .formatted(table.file(), measurement.count(), MOST_CELLS));
      } else if (measurement.cells().size() > MOST_DIFFERENT) {
        problems.add(
            "%s: has %d different lines; allowed: at most %d; round to two or three digits"
                .formatted(table.file(), measurement.cells().size(), MOST_DIFFERENT));
      } else {
        return measurement;
      }
    }
    int more = problems.size() - SHOWN_PROBLEMS;
    if (more > 0) {
      problems.subList(SHOWN_PROBLEMS, problems.size()).clear();
      problems.add("%s: and %d more problems".formatted(table.file(), more));
    }
    throw new SettingFileException(problems);
  }

  private boolean has(List<String> all, List<String> some) {
    return table.columns().containsAll(all)
        && table.columns().stream().allMatch(name -> all.contains(name) || some.contains(name));
  }

  private void exact(Line line) {
    OptionalDouble cycles = writes(line, CYCLES, true);
    OptionalLong count = count(line);
    if (cycles.isPresent() && count.isPresent()) {
      cells.add(Cells.failedAt(cycles.getAsDouble(), count.getAsLong()));
    }
  }

  private void between(Line line) {
    OptionalDouble from =
        value(line, FROM).isEmpty() ? OptionalDouble.of(0) : writes(line, FROM, false);
    OptionalDouble to =
        value(line, TO).isEmpty()
            ? OptionalDouble.of(Double.POSITIVE_INFINITY)
            : writes(line, TO, true);
    OptionalLong count = count(line);
    if (from.isEmpty() || to.isEmpty() || count.isEmpty()) {
      return;
    }
    if (to.getAsDouble() < from.getAsDouble()) {
      problem(line, TO, "at least the %s writes that they survived".formatted(value(line, FROM)));
    } else {
      cells.add(new Cells(from.getAsDouble(), to.getAsDouble(), count.getAsLong()));
    }
  }

  private void counts() {
    Map<String, Observation> observations = new HashMap<>();
    for (Line line : table.lines()) {
      String group = table.columns().contains(GROUP) ? value(line, GROUP) : "";
      OptionalLong all = whole(line, CELLS, 1, MOST_CELLS);
      OptionalDouble writes = writes(line, WRITES, true);
      if (all.isEmpty() || writes.isEmpty()) {
        continue;
      }
      Observation before = observations.getOrDefault(group, new Observation(all.getAsLong(), 0, 0));
      if (all.getAsLong() != before.cells) {
        problem(line, CELLS, "%d, as in the group's first line".formatted(before.cells));
      } else if (writes.getAsDouble() <= before.writes) {
        problem(
            line, WRITES, "more than the %s of the line before".formatted(shown(before.writes)));
      } else {
        OptionalLong failed = whole(line, FAILED, before.failed, before.cells);
        failed.ifPresent(
            now -> {
              if (now > before.failed) {
                cells.add(new Cells(before.writes, writes.getAsDouble(), now - before.failed));
              }
              observations.put(group, new Observation(before.cells, writes.getAsDouble(), now));
            });
      }
    }
    observations.values().stream()
        .filter(last -> last.failed < last.cells)
        .forEach(last -> cells.add(Cells.notFailedBy(last.writes, last.cells - last.failed)));
  }

  private String value(Line line, String column) {
    return line.values().get(table.columns().indexOf(column));
  }

  private OptionalLong count(Line line) {
    return table.columns().contains(CELLS) ? whole(line, CELLS, 1, MOST_CELLS) : OptionalLong.of(1);
  }

  private OptionalLong whole(Line line, String column, long least, long most) {
    try {
      long number = Long.parseLong(value(line, column));
      if (number >= least && number <= most) {
        return OptionalLong.of(number);
      }
    } catch (NumberFormatException e) {
      // Said below, with the place.
    }
    problem(line, column, "a whole number from %d to %d".formatted(least, most));
    return OptionalLong.empty();
  }

  private OptionalDouble writes(Line line, String column, boolean isAboveZero) {
    String text = value(line, column);
    try {
      double number = Double.parseDouble(text);
      // Java also takes 1d, 0x1p3 and NaN.
      boolean isPlain = text.matches("[-+0-9.eE]+");
      boolean isEnough = isAboveZero ? number > 0 : number >= 0;
      if (isPlain && isEnough && number <= MOST_WRITES) {
        return OptionalDouble.of(number);
      }
    } catch (NumberFormatException e) {
      // Said below, with the place.
    }
    problem(
        line,
        column,
        "a number %s and at most 1e15".formatted(isAboveZero ? "above 0" : "of at least 0"));
    return OptionalDouble.empty();
  }

  private static String shown(double writes) {
    return writes == Math.rint(writes) && writes < 1e15
        ? Long.toString((long) writes)
        : Double.toString(writes);
  }

  private void problem(Line line, String column, String allowed) {
    String value = value(line, column);
    problems.add(
        "%s:%d: %s: %s is not allowed; allowed: %s"
            .formatted(
                table.file(),
                line.number(),
                column,
                value.isEmpty() ? "an empty value" : value,
                allowed));
  }
}
