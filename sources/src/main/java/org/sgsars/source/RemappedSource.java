package org.sgsars.source;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.sgsars.mapping.LayerRule;
import org.sgsars.mapping.MappedNetwork;
import org.sgsars.model.LayerShape;
import org.sgsars.model.ParameterShape;

/** A source whose layers lie otherwise than it says, as somebody's rules have it. */
public final class RemappedSource extends ForwardingSource implements GradientSource {
  /**
   * One layer of both.
   *
   * @param index in the source
   * @param before as the source has it
   * @param after as the rules have it; empty if it stays
   */
  private record Change(int index, MatrixLayout before, Optional<MatrixLayout> after) {
    LayerTensor apply(LayerTensor tensor) {
      if (after.isEmpty()) {
        return tensor;
      }
      ByteBuffer[] parameters = before.toParameters(tensor);
      return after.get().toMatrix(parameters[0], parameters[1]);
    }
  }

  private final GradientSource source;
  private final MappedNetwork network;
  private final List<Change> changes = new ArrayList<>();

  /**
   * @param source which is closed with this one
   * @param rules what somebody says of its layers
   * @throws SourceException if a rule matches nothing or does not fit
   */
  public RemappedSource(GradientSource source, List<LayerRule> rules) throws SourceException {
    this.source = source;
    List<LayerShape> before = source.layers();
    try {
      this.network =
          MappedNetwork.ofLayers("its manifest", before, source.digital().orElse(List.of()), rules);
    } catch (IllegalArgumentException e) {
      throw LayerRulesException.of(source.description(), e);
    }
    Map<String, Integer> indexes = new LinkedHashMap<>();
    for (LayerShape layer : before) {
      indexes.put(layer.name(), indexes.size());
    }
    for (LayerShape after : network.layers()) {
      Integer index = indexes.get(after.name());
      if (index == null) {
        throw new SourceException(
            "%s: it holds no gradients of %s, which it says is digital; import it anew with a layers.json that has it"
                .formatted(source.description(), after.name()));
      }
      LayerShape was = before.get(index);
      changes.add(
          new Change(
              index,
              new MatrixLayout(was),
              was.equals(after) ? Optional.empty() : Optional.of(new MatrixLayout(after))));
    }
  }

  @Override
  protected GradientSource source() {
    return source;
  }

  @Override
  public List<LayerShape> layers() {
    return network.layers();
  }

  @Override
  public Optional<List<ParameterShape>> digital() {
    // Beside what rules take off, an older trace may lack more.
    return source.digital().map(known -> network.digital());
  }

  @Override
  public List<String> notices() {
    if (source.digital().isPresent()) {
      return network.notices();
    }
    List<String> notices = new ArrayList<>(network.notes());
    if (!network.digital().isEmpty()) {
      notices.add(
          "of what the trace holds: %s; what else the network has it does not say"
              .formatted(network.share()));
    }
    return notices;
  }

  @Override
  public OptionalLong iterations() {
    return source.iterations();
  }

  @Override
  public List<LayerTensor> initialWeights() throws SourceException {
    return remapped(source.initialWeights());
  }

  @Override
  public @Nullable List<LayerTensor> next() throws SourceException {
    List<LayerTensor> tensors = source.next();
    return tensors == null ? null : remapped(tensors);
  }

  private List<LayerTensor> remapped(List<LayerTensor> tensors) {
    return changes.stream().map(change -> change.apply(tensors.get(change.index()))).toList();
  }

  @Override
  public boolean rewind() throws SourceException {
    return source.rewind();
  }
}
