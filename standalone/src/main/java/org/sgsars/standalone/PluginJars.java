package org.sgsars.standalone;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.jar.JarFile;
import org.sgsars.policy.Policy;

/**
 * What is wrong with the jars of a user. Java leaves out a jar that it cannot read, without a word,
 * and the policies of one that does not list them.
 */
final class PluginJars {
  private static final String SERVICES = "META-INF/services/" + Policy.class.getName();

  private PluginJars() {}

  /**
   * The jars that the start script put on the class path.
   *
   * @param listed with colons between them, as on a class path
   */
  static List<Path> of(String listed) {
    return Arrays.stream(listed.split(":", -1))
        .filter(jar -> !jar.isEmpty())
        .map(Path::of)
        .toList();
  }

  /**
   * For people, a line each: every jar that cannot be read; and all, if there are some and none has
   * policies. One without may be what another needs.
   */
  static List<String> problems(List<Path> jars) {
    List<String> problems = new ArrayList<>();
    List<Path> without = new ArrayList<>();
    for (Path jar : jars) {
      try (JarFile file = new JarFile(jar.toFile())) {
        if (file.getEntry(SERVICES) == null) {
          without.add(jar);
        }
      } catch (IOException e) {
        problems.add(
            "%s is left out: it cannot be read as a jar (%s)".formatted(jar, e.getMessage()));
      }
    }
    if (problems.size() + without.size() == jars.size()) {
      without.forEach(
          jar ->
              problems.add(
                  "%s has no policies: a file %s in it has to name their classes"
                      .formatted(jar, SERVICES)));
    }
    return problems;
  }
}
