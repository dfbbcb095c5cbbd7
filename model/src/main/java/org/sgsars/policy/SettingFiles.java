package org.sgsars.policy;

import java.nio.file.Path;
import java.util.List;

/**
 * The files that settings name. They are read where an experiment is read, and only there: what a
 * run needs of them goes to its services in the settings.
 *
 * @see Policy#withFilesRead
 */
public interface SettingFiles {
  /**
   * A table with a header in its first line, comma-separated. Empty lines are passed over, and so
   * are those that begin with {@code #}.
   *
   * @throws SettingFileException if it cannot be read as one
   */
  Table table(Path file) throws SettingFileException;

  /**
   * A table of a file. Each of its lines has as many values as there are columns.
   *
   * @param file where it was read
   * @param columns names, without spaces around them
   * @param lines below the header, at least one
   */
  record Table(Path file, List<String> columns, List<Line> lines) {
    public Table {
      columns = List.copyOf(columns);
      lines = List.copyOf(lines);
    }
  }

  /**
   * A line of a table.
   *
   * @param number in the file, from 1
   * @param values one for each column, without spaces around them; may be empty
   */
  record Line(int number, List<String> values) {
    public Line {
      values = List.copyOf(values);
    }
  }
}
