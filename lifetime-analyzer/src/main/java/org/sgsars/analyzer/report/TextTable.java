package org.sgsars.analyzer.report;

import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.Column;
import com.github.freva.asciitable.ColumnData;
import com.github.freva.asciitable.HorizontalAlign;
import java.util.ArrayList;
import java.util.List;

/** Texts in columns, for the terminal. */
public final class TextTable {
  private TextTable() {}

  /**
   * A table whose columns stand at the right, but for the first.
   *
   * @param headers one for each column
   * @param first where the texts of the first column stand
   * @param rows as many texts as there are headers
   */
  public static String of(List<String> headers, HorizontalAlign first, List<List<String>> rows) {
    List<ColumnData<List<String>>> columns = new ArrayList<>();
    for (int i = 0; i < headers.size(); i++) {
      int at = i;
      columns.add(
          new Column()
              .header(headers.get(i))
              .dataAlign(i == 0 ? first : HorizontalAlign.RIGHT)
              .with((List<String> row) -> row.get(at)));
    }
    return AsciiTable.getTable(AsciiTable.BASIC_ASCII_NO_DATA_SEPARATORS, rows, columns);
  }
}
