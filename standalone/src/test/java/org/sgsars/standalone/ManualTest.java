package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** Every document: its lines, its links, and the commands that it tells people to run. */
final class ManualTest {
  private static final int MOST_CHARACTERS = 130;
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} +(.+)$");
  private static final Pattern COMMAND = Pattern.compile("^(?:    |)\\./sgs-ars +(.*)$");

  /** Builds and what others install; their documents are not ours. */
  private static final Set<String> NOT_OURS =
      Set.of("target", ".git", "node_modules", "out", "shared");

  private static List<Path> documents() throws IOException {
    List<Path> found = new ArrayList<>();
    collect(Runs.PROJECT, found);
    assertThat(found).hasSizeGreaterThan(30);
    return found;
  }

  private static void collect(Path folder, List<Path> found) throws IOException {
    try (Stream<Path> children = Files.list(folder)) {
      for (Path child : children.sorted().toList()) {
        String name = child.getFileName().toString();
        if (Files.isDirectory(child)) {
          if (!NOT_OURS.contains(name) && !name.startsWith(".")) {
            collect(child, found);
          }
        } else if (name.endsWith(".md")) {
          found.add(child);
        }
      }
    }
  }

  /** Text outside of code blocks, line by line; those within are empty. */
  private static List<String> prose(Path document) throws IOException {
    List<String> lines = new ArrayList<>();
    boolean isCode = false;
    for (String line : Files.readAllLines(document)) {
      boolean isFence = line.strip().startsWith("```");
      lines.add(isCode || isFence ? "" : line);
      isCode ^= isFence;
    }
    return lines;
  }

  /** How GitHub names a heading in links. */
  private static String anchor(String heading) {
    return heading
        .replaceAll("\\[([^\\]]*)\\]\\([^)]*\\)", "$1")
        .toLowerCase(Locale.ROOT)
        .replaceAll("[^\\p{L}\\p{N}_ -]", "")
        .strip()
        .replace(' ', '-');
  }

  private static Set<String> anchors(Path document) throws IOException {
    Set<String> anchors = new TreeSet<>();
    HEADING
        .matcher(String.join("\n", prose(document)))
        .results()
        .forEach(match -> anchors.add(anchor(match.group(1))));
    return anchors;
  }

  private static String place(Path document, int line) {
    return Runs.PROJECT.relativize(document) + ":" + (line + 1);
  }

  /** Tables cannot be broken into lines. */
  @Test
  void lines_outsideOfTables_haveAtMost130Characters() throws IOException {
    List<String> tooLong = new ArrayList<>();
    for (Path document : documents()) {
      List<String> lines = prose(document);
      for (int i = 0; i < lines.size(); i++) {
        String line = lines.get(i);
        if (line.length() > MOST_CHARACTERS && !line.startsWith("|") && !line.startsWith("![")) {
          tooLong.add("%s has %d characters".formatted(place(document, i), line.length()));
        }
      }
    }

    assertThat(tooLong).isEmpty();
  }

  @Test
  void links_withinTheProject_leadToFilesAndHeadings() throws IOException {
    List<String> dead = new ArrayList<>();
    for (Path document : documents()) {
      List<String> lines = prose(document);
      for (int i = 0; i < lines.size(); i++) {
        for (MatchResult link : LINK.matcher(lines.get(i)).results().toList()) {
          if (!leadsSomewhere(document, link.group(1))) {
            dead.add(place(document, i) + ": " + link.group(1));
          }
        }
      }
    }

    assertThat(dead).isEmpty();
  }

  private static boolean leadsSomewhere(Path document, String link) throws IOException {
    if (link.matches("[a-z]+:.*")) {
      return true;
    }
    String[] parts = link.split("#", 2);
    Path target = parts[0].isEmpty() ? document : document.resolveSibling(parts[0]).normalize();
    if (!Files.exists(target)) {
      return false;
    }
    return parts.length == 1
        || !target.toString().endsWith(".md")
        || anchors(target).contains(parts[1]);
  }

  /** Not that they succeed, which other tests say of most, but that they are there. */
  @Test
  void commands_inDocuments_areThoseOfTheCommandLine() throws IOException {
    List<String> wrong = new ArrayList<>();
    for (Path document : documents()) {
      List<String> lines = Files.readAllLines(document);
      for (int i = 0; i < lines.size(); i++) {
        for (MatchResult found : COMMAND.matcher(lines.get(i)).results().toList()) {
          String problem = problem(found.group(1).replaceAll("\\s+#.*", ""));
          if (!problem.isEmpty()) {
            wrong.add("%s: %s: %s".formatted(place(document, i), lines.get(i).strip(), problem));
          }
        }
      }
    }

    assertThat(wrong).isEmpty();
  }

  private static String problem(String arguments) {
    String[] words = arguments.replaceAll("[;|>&].*", "").replace("...", "").strip().split("\\s+");
    try {
      new CommandLine(new SgsArsCommand()).parseArgs(words);
    } catch (ParameterException e) {
      return String.valueOf(e.getMessage());
    }
    return Arrays.stream(words)
        .filter(word -> word.startsWith("experiments/") || word.startsWith("examples/"))
        .filter(word -> !word.endsWith("mine.yml") && !Files.exists(Runs.PROJECT.resolve(word)))
        .map(word -> word + " does not exist")
        .findFirst()
        .orElse("");
  }
}
