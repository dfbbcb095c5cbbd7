package org.sgsars.file;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;

/** Files and folders that systems and tools leave behind, and that are never anybody's data. */
public final class SystemFiles {
  private static final Set<String> NAMES = Set.of("thumbs.db", "desktop.ini", "__macosx");

  private SystemFiles() {}

  /**
   * Whether a name begins with a dot, as {@code .DS_Store}, {@code ._0.png} and {@code
   * .ipynb_checkpoints} do, or is {@code Thumbs.db}, {@code desktop.ini} or {@code __MACOSX}. The
   * folders that it lies in do not count.
   */
  public static boolean isHidden(Path file) {
    Path name = file.getFileName();
    if (name == null) {
      return false;
    }
    String text = name.toString();
    return text.startsWith(".") || NAMES.contains(text.toLowerCase(Locale.ROOT));
  }
}
