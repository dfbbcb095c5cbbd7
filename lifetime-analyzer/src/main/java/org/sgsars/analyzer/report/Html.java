package org.sgsars.analyzer.report;

/** What stands inside markup. */
final class Html {
  /** Attributes of a picture that is a file of its own. */
  static final String SVG_FILE =
      " xmlns=\"http://www.w3.org/2000/svg\" font-family=\"sans-serif\" font-size=\"12\" style=\"background:#fff\"";

  private Html() {}

  static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }
}
