package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The modules as the build has them, as the documentation lists them, and who needs whom. */
final class ModulesTest {
  private static final Path PROJECT = Path.of("..");
  private static final Pattern MODULE = Pattern.compile("<module>([^<]+)</module>");
  private static final Pattern DEPENDENCY =
      Pattern.compile(
          "<dependency>\\s*<groupId>([^<]+)</groupId>\\s*<artifactId>([^<]+)</artifactId>([^$]*?)</dependency>");
  private static final List<String> SERVICES =
      List.of(
          "gradient-producer",
          "sgs-service",
          "ars-controller",
          "crossbar-sim",
          "lifetime-analyzer");

  private static List<String> modules() throws IOException {
    return found(MODULE, Files.readString(PROJECT.resolve("pom.xml")), 1);
  }

  private static List<String> found(Pattern pattern, String text, int group) {
    return pattern.matcher(text).results().map(match -> match.group(group)).toList();
  }

  /** What a module has on its class path when it runs, as far as it is named in a pom of ours. */
  private static Set<String> needed(String module) throws IOException {
    Set<String> needed = new LinkedHashSet<>();
    Deque<String> open = new ArrayDeque<>(List.of(module));
    while (!open.isEmpty()) {
      String pom = Files.readString(PROJECT.resolve(open.remove()).resolve("pom.xml"));
      for (MatchResult match : DEPENDENCY.matcher(pom).results().toList()) {
        boolean isForTests = match.group(3).contains("<scope>test</scope>");
        if (!isForTests && needed.add(match.group(1) + ":" + match.group(2))) {
          if (match.group(1).equals("org.sgsars")) {
            open.add(match.group(2));
          }
        }
      }
    }
    return needed;
  }

  @Test
  void architecture_listOfModules_isThatOfTheBuildInItsOrder() throws IOException {
    String text = Files.readString(PROJECT.resolve("docs/ARCHITECTURE.md"));
    String list =
        text.substring(text.indexOf("```") + 3, text.indexOf("```", text.indexOf("```") + 3));

    assertThat(found(Pattern.compile("(?m)^([a-z/-]+) {2,}\\S"), list, 1)).isEqualTo(modules());
  }

  /** Without one of them Maven does not even begin in the image. */
  @Test
  void dockerfile_poms_areThoseOfAllModules() throws IOException {
    String dockerfile = Files.readString(PROJECT.resolve("Dockerfile"));

    assertThat(found(Pattern.compile("(?m)^COPY (\\S+)/pom.xml \\1/$"), dockerfile, 1))
        .containsExactlyInAnyOrderElementsOf(modules());
  }

  @Test
  void modules_whatAModuleNeeds_standsBeforeIt() throws IOException {
    List<String> modules = modules();
    for (String module : modules) {
      List<String> before = modules.subList(0, modules.indexOf(module));
      for (String needed : needed(module)) {
        if (needed.startsWith("org.sgsars:")) {
          assertThat(before)
              .as("before " + module)
              .contains(needed.substring("org.sgsars:".length()));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"model", "devices", "sparsifiers", "levellers", "sources", "experiment-reader"})
  void policies_classPath_hasNeitherKafkaNorMicronautNorAvro(String module) throws IOException {
    assertThat(needed(module))
        .noneMatch(
            library ->
                library.contains("kafka")
                    || library.contains("micronaut")
                    || library.contains("avro"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gradient-producer",
        "sgs-service",
        "ars-controller",
        "crossbar-sim",
        "lifetime-analyzer"
      })
  void service_classPath_hasNoOtherService(String service) throws IOException {
    assertThat(needed(service))
        .doesNotContainAnyElementsOf(
            SERVICES.stream()
                .filter(other -> !other.equals(service))
                .map(other -> "org.sgsars:" + other)
                .toList());
  }
}
