package org.sgsars.standalone;

import java.io.PrintStream;
import java.util.List;
import org.sgsars.model.PlainText;

/** What to know of a source or a run, a line each. */
final class Notes {
  private Notes() {}

  static void print(PrintStream out, List<String> notices) {
    notices.forEach(notice -> out.println("note: " + PlainText.of(notice)));
  }
}
