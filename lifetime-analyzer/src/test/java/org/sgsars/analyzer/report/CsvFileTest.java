package org.sgsars.analyzer.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.sgsars.analyzer.TinyRun;

final class CsvFileTest {
  private static String csv(Table.Rows rows) throws IOException {
    Table table = new Table("t", List.of(Table.text("name"), Table.number("value")), rows);
    StringWriter out = new StringWriter();
    CsvFile.write(table, TinyRun.complete(), out);
    return out.toString();
  }

  @Test
  void write_textWithSeparatorQuoteOrLineEnd_isQuoted() throws Exception {
    assertThat(
            csv(
                (report, out) -> {
                  out.row("a,b", 1.0);
                  out.row("say \"b\"", 2.0);
                  out.row("a\nb", 3.0);
                  out.row("a\rb", 4.0);
                }))
        .isEqualTo("name,value\n\"a,b\",1.0\n\"say \"\"b\"\"\",2.0\n\"a\nb\",3.0\n\"a\rb\",4.0\n");
  }

  /** However long it is, and whatever else is in it. */
  @Test
  void write_otherText_isNotQuoted() throws Exception {
    String text = " #1 + 'long' & \\ with\ttabs; <b>äöü</b>, ".repeat(9).replace(",", "");

    assertThat(csv((report, out) -> out.row(text, 0.1)))
        .isEqualTo("name,value\n" + text + ",0.1\n");
  }

  @Test
  void write_noValueAndNoText_areEmpty() throws Exception {
    assertThat(
            csv(
                (report, out) -> {
                  out.row("a", null);
                  out.row("", 1e-12);
                  out.row(null, Double.POSITIVE_INFINITY);
                }))
        .isEqualTo("name,value\na,\n,1.0E-12\n,Infinity\n");
  }

  @Test
  void write_noRows_headerAlone() throws Exception {
    assertThat(csv((report, out) -> {})).isEqualTo("name,value\n");
  }
}
