package org.sgsars.experiment;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.sgsars.file.FileProblem;
import org.sgsars.file.GitLfs;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads a YAML file as far as its nodes, so that every value still knows its line. */
final class YamlText {
  private static final long MAX_BYTES = 1 << 20;

  private YamlText() {}

  static String read(Path file) throws ExperimentException {
    try {
      if (Files.isDirectory(file)) {
        throw problem(file + ": is a folder; expected an experiment file");
      }
      if (!Files.exists(file)) {
        throw problem(file + ": does not exist; expected an experiment file");
      }
      Optional<String> pointer = GitLfs.problem(file);
      if (pointer.isPresent()) {
        throw problem(pointer.get());
      }
      if (Files.size(file) > MAX_BYTES) {
        throw problem(
            "%s: has %d bytes; an experiment file has at most %d"
                .formatted(file, Files.size(file), MAX_BYTES));
      }
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(Files.readAllBytes(file)))
          .toString();
    } catch (CharacterCodingException e) {
      throw problem(file + ": is not UTF-8 text");
    } catch (IOException e) {
      throw problem(file + ": cannot be read: " + FileProblem.reason(e));
    }
  }

  static Node compose(Path file, String text) throws ExperimentException {
    LoadSettings settings =
        LoadSettings.builder()
            .setLabel(file.toString())
            .setAllowDuplicateKeys(true)
            .setMaxAliasesForCollections(0)
            .build();
    try {
      refuseReferencesAndTags(file, new Parse(settings).parseString(text));
      Optional<Node> node = new Compose(settings).composeString(text);
      if (node.isEmpty()) {
        throw problem(file + ": is empty; experiments/reference.yml shows what it may hold");
      }
      return node.get();
    } catch (MarkedYamlEngineException e) {
      Optional<Mark> mark = e.getProblemMark();
      throw problem(
          "%s:%d: not YAML at column %d: %s"
              .formatted(
                  file,
                  mark.map(Mark::getLine).orElse(0) + 1,
                  mark.map(Mark::getColumn).orElse(0) + 1,
                  e.getProblem()));
    } catch (ReaderException e) {
      throw problem(
          "%s:%d: not YAML: the character U+%04X is not allowed"
              .formatted(file, lineAt(text, e.getPosition()), e.getCodePoint()));
    } catch (YamlEngineException | StackOverflowError e) {
      throw problem(file + ": not YAML: " + firstLine(e));
    }
  }

  /** What a value is and where it stands should be plain to see in its line. */
  private static void refuseReferencesAndTags(Path file, Iterable<Event> events)
      throws ExperimentException {
    List<String> problems = new ArrayList<>();
    for (Event event : events) {
      boolean refers = event instanceof NodeEvent node && node.getAnchor().isPresent();
      boolean tagged =
          (event instanceof ScalarEvent scalar && scalar.getTag().isPresent())
              || (event instanceof CollectionStartEvent start && start.getTag().isPresent());
      if (refers || tagged) {
        problems.add(
            "%s:%d: anchors, aliases and tags are not allowed; write the value itself"
                .formatted(file, event.getStartMark().map(Mark::getLine).orElse(0) + 1));
      }
    }
    if (!problems.isEmpty()) {
      throw new ExperimentException(problems);
    }
  }

  /** The line of a position counted in code points. */
  private static long lineAt(String text, int position) {
    return 1 + text.codePoints().limit(position).filter(c -> c == '\n').count();
  }

  private static String firstLine(Throwable failure) {
    String message = failure.getMessage();
    return message == null ? "nested too deeply" : message.lines().findFirst().orElse("");
  }

  private static ExperimentException problem(String text) {
    return new ExperimentException(List.of(text));
  }
}
