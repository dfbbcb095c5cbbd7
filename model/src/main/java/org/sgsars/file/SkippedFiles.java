package org.sgsars.file;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.sgsars.model.Names;

/** What of a folder of data is none, counted so that it can be said. */
public final class SkippedFiles {
  private final Path folder;
  private final List<String> hidden = new ArrayList<>();
  private final List<String> folders = new ArrayList<>();
  private final List<String> files = new ArrayList<>();

  /**
   * @param folder from which the skipped are named
   */
  public SkippedFiles(Path folder) {
    this.folder = folder;
  }

  /** Whether {@link SystemFiles#isHidden} is true of a file or folder, which then is skipped. */
  public boolean hides(Path path) {
    boolean isHidden = SystemFiles.isHidden(path);
    if (isHidden) {
      hidden.add(name(path));
    }
    return isHidden;
  }

  /** Skips a folder where files are expected. */
  public void folder(Path path) {
    folders.add(name(path));
  }

  /** Skips a file of another kind than is expected. */
  public void file(Path path) {
    files.add(name(path));
  }

  private String name(Path path) {
    return folder.relativize(path).toString();
  }

  /** One line for people that counts and names what was skipped; none if nothing was. */
  public List<String> notices() {
    List<String> parts = new ArrayList<>();
    add(parts, hidden, "hidden");
    add(parts, folders, folders.size() == 1 ? "folder" : "folders");
    add(parts, files, files.size() == 1 ? "other file" : "other files");
    return parts.isEmpty()
        ? List.of()
        : List.of("%s: skipped %s".formatted(folder, String.join("; ", parts)));
  }

  private static void add(List<String> parts, List<String> names, String what) {
    if (!names.isEmpty()) {
      // Not in the order in which a folder lists them, which differs from system to system.
      Collections.sort(names);
      parts.add("%d %s (%s)".formatted(names.size(), what, Names.of(names)));
    }
  }
}
