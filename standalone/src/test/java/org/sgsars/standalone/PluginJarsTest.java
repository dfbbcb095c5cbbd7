package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PluginJarsTest {
  @TempDir private Path folder = Path.of("");

  private Path jar(String name, String entry) throws IOException {
    Path jar = folder.resolve(name);
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      out.putNextEntry(new JarEntry(entry));
      out.closeEntry();
    }
    return jar;
  }

  @Test
  void of_listed_areTheJars() {
    assertThat(PluginJars.of("")).isEmpty();
    assertThat(PluginJars.of("/p/x.jar:/p/Y.JAR"))
        .containsExactly(Path.of("/p/x.jar"), Path.of("/p/Y.JAR"));
  }

  @Test
  void problems_jarThatIsNone_isNamed() throws IOException {
    Path none = Files.writeString(folder.resolve("bad.jar"), "a text");

    assertThat(PluginJars.problems(List.of(none)))
        .singleElement()
        .asString()
        .startsWith(none + " is left out: it cannot be read as a jar (");
  }

  @Test
  void problems_noJarListsPolicies_saysWhichFileIsMissing() throws IOException {
    Path plain = jar("plain.jar", "org/example/Hop.class");

    assertThat(PluginJars.problems(List.of(plain)))
        .containsExactly(
            plain
                + " has no policies: a file META-INF/services/org.sgsars.policy.Policy in it has to name their classes");
  }

  @Test
  void problems_jarThatAnotherNeeds_isNone() throws IOException {
    Path policies = jar("policies.jar", "META-INF/services/org.sgsars.policy.Policy");
    Path needed = jar("needed.jar", "org/example/Math.class");

    assertThat(PluginJars.problems(List.of(needed, policies))).isEmpty();
  }
}
