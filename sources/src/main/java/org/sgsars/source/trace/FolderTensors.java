package org.sgsars.source.trace;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sgsars.model.LayerShape;
import org.sgsars.model.Names;
import org.sgsars.model.ParameterShape;
import org.sgsars.source.SourceException;

/**
 * The tensors that the iterations of a folder have, from the headers of all its files: those of the
 * first in the order of its data, then those that later files bring, file by file. Where a missing
 * gradient is refused, all have those of the first.
 */
final class FolderTensors {
  private final MissingGradients missing;
  private final Map<String, ParameterShape> parameters = new LinkedHashMap<>();
  private final Set<String> names = new LinkedHashSet<>();

  /** Files that have a tensor. */
  private final Map<String, Long> present = new LinkedHashMap<>();

  /** Of tensors whose type holds no gradients; it matters only for those on crossbars. */
  private final Map<String, SourceException> ofOtherType = new LinkedHashMap<>();

  private @Nullable Path first;
  private @Nullable SafetensorsHeader last;
  private List<ParameterShape> ofLast = List.of();
  private long files;
  private long filesLikeLast;

  FolderTensors(MissingGradients missing) {
    this.missing = missing;
  }

  /**
   * Takes the file of the next iteration.
   *
   * @throws SourceException if its tensors do not go with those of the files before
   */
  void add(Path path, SafetensorsFile file) throws SourceException {
    Path earlier = first;
    if (!file.header().equals(last)) {
      countLast();
      List<ParameterShape> found = file.parameters();
      if (earlier != null && missing == MissingGradients.REFUSE) {
        requireSame(path, earlier, found);
      }
      for (ParameterShape parameter : found) {
        add(path, file, parameter);
      }
      names.addAll(file.header().tensors().keySet());
      last = file.header();
      ofLast = found;
    }
    first = earlier == null ? path : earlier;
    filesLikeLast++;
    files++;
  }

  private void add(Path path, SafetensorsFile file, ParameterShape parameter)
      throws SourceException {
    ParameterShape known = parameters.putIfAbsent(parameter.name(), parameter);
    if (known != null && !known.equals(parameter)) {
      throw new SourceException(
          "%s: tensor %s has shape %s, but had %s before"
              .formatted(path, parameter.name(), parameter.shape(), known.shape()));
    }
    try {
      file.check(parameter);
    } catch (SourceException e) {
      ofOtherType.putIfAbsent(parameter.name(), e);
    }
  }

  private void requireSame(Path path, Path earlier, List<ParameterShape> found)
      throws SourceException {
    Set<String> here = new LinkedHashSet<>();
    found.forEach(parameter -> here.add(parameter.name()));
    List<String> gone = parameters.keySet().stream().filter(name -> !here.contains(name)).toList();
    List<String> added = here.stream().filter(name -> !parameters.containsKey(name)).toList();
    String difference =
        gone.isEmpty() ? added.isEmpty() ? "" : "has %s, which %s lacks" : "lacks %s, which %s has";
    if (!difference.isEmpty()) {
      String of = difference.formatted(Names.of(gone.isEmpty() ? added : gone), name(earlier));
      throw new SourceException(
          "%s: iteration %d %s; if gradients that are missing are zero, give missing: zero"
              .formatted(path, files, of));
    }
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName());
  }

  private void countLast() {
    for (ParameterShape parameter : ofLast) {
      present.merge(parameter.name(), filesLikeLast, Long::sum);
    }
    filesLikeLast = 0;
  }

  /** All tensors with values, in order. */
  List<ParameterShape> parameters() {
    return List.copyOf(parameters.values());
  }

  /** Names of all tensors, those without values among them. */
  Set<String> names() {
    return names;
  }

  /**
   * @throws SourceException if the type of a layer's tensor holds no gradients in some file
   */
  void requireGradients(List<LayerShape> layers) throws SourceException {
    for (LayerShape layer : layers) {
      for (ParameterShape parameter : layer.parameters()) {
        SourceException problem = ofOtherType.get(parameter.name());
        if (problem != null) {
          throw problem;
        }
      }
    }
  }

  /** How many gradients of the layers are missing, and of which tensors, for people. */
  Optional<String> missingOf(List<LayerShape> layers) {
    countLast();
    ofLast = List.of();
    List<String> incomplete = new ArrayList<>();
    long gradients = 0;
    long absent = 0;
    for (LayerShape layer : layers) {
      for (ParameterShape parameter : layer.parameters()) {
        long ofTensor = files - present.getOrDefault(parameter.name(), 0L);
        gradients += files;
        absent += ofTensor;
        if (ofTensor > 0) {
          incomplete.add(parameter.name());
        }
      }
    }
    return absent == 0
        ? Optional.empty()
        : Optional.of(
            "%d of %d gradients are missing and taken as zero, those of %s"
                .formatted(absent, gradients, Names.of(incomplete)));
  }
}
