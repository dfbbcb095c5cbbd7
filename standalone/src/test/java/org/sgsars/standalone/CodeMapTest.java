package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/CODE.md has every package, with the first sentence that the package says of itself. */
final class CodeMapTest {
  private static final String HEAD =
      """
      # A map of the code

      <!-- Written by CodeMapTest: mvn -o -pl standalone -am test -Dtest=CodeMapTest
           -Dsurefire.failIfNoSpecifiedTests=false -Dsgsars.writeDocuments=true -->

      One sentence a package, from its `package-info.java`. Modules stand in the order of the build: what a module needs stands
      above it. [ARCHITECTURE.md](ARCHITECTURE.md) says how they work together.
      """;

  private static final int MOST_CHARACTERS = 130;
  private static final Pattern MODULE = Pattern.compile("<module>([^<]+)</module>");
  private static final Pattern JAVADOC = Pattern.compile("/\\*\\*(.*?)\\*/", Pattern.DOTALL);
  private static final Pattern SENTENCE = Pattern.compile("^(.*?\\.)(?= [A-Z]| <p>|$)");
  private static final Pattern INLINE =
      Pattern.compile("\\{@(?:link|linkplain) (?:[\\w.]+\\.)?([^}]+)}|\\{@code ([^}]+)}");

  /** Packages by name, with the folder of each, of what the module ships. */
  private static Map<String, Path> packages(Path module) throws IOException {
    Path sources = module.resolve("src/main/java");
    Map<String, Path> packages = new TreeMap<>();
    if (Files.isDirectory(sources)) {
      try (Stream<Path> files = Files.walk(sources)) {
        for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
          Path folder = file.getParent();
          packages.put(sources.relativize(folder).toString().replace('/', '.'), folder);
        }
      }
    }
    return packages;
  }

  private static String code(MatchResult inline) {
    return "`" + (inline.group(1) == null ? inline.group(2) : inline.group(1)) + "`";
  }

  /** Broken before the 131st character, with what follows indented as Markdown wants it. */
  private static String wrapped(String line) {
    return line.length() <= MOST_CHARACTERS
        ? line
        : line.substring(0, line.lastIndexOf(' ', MOST_CHARACTERS))
            + "\n"
            + wrapped("  " + line.substring(line.lastIndexOf(' ', MOST_CHARACTERS) + 1));
  }

  private static String sentence(String name, Path folder) throws IOException {
    Path info = folder.resolve("package-info.java");
    assertThat(info).as("what package %s is for", name).exists();
    Matcher javadoc = JAVADOC.matcher(Files.readString(info));
    assertThat(javadoc.find()).as("Javadoc of package %s", name).isTrue();
    String text = javadoc.group(1).replaceAll("\\s*\\n\\s*\\*?\\s*", " ").strip();
    Matcher sentence = SENTENCE.matcher(INLINE.matcher(text).replaceAll(CodeMapTest::code));
    assertThat(sentence.find()).as("a sentence about package %s", name).isTrue();
    return sentence.group(1);
  }

  @Test
  void document_packages_areThoseOfTheCodeWithTheirFirstSentence() throws IOException {
    StringBuilder text = new StringBuilder(HEAD);
    List<String> modules =
        MODULE
            .matcher(Files.readString(Runs.PROJECT.resolve("pom.xml")))
            .results()
            .map(match -> match.group(1))
            .toList();
    for (String module : modules) {
      Map<String, Path> packages = packages(Runs.PROJECT.resolve(module));
      if (packages.isEmpty()) {
        continue;
      }
      text.append("\n## ").append(module).append("\n\n");
      for (Map.Entry<String, Path> of : packages.entrySet()) {
        String sentence = sentence(of.getKey(), of.getValue());
        text.append(wrapped("- `%s`: %s".formatted(of.getKey(), sentence))).append('\n');
      }
    }

    Documents.compare("docs/CODE.md", text.toString());
  }
}
