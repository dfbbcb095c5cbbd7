package org.sgsars.contract.wire;

import java.util.List;
import java.util.OptionalInt;
import org.sgsars.model.LayerMap;
import org.sgsars.model.LayerShape;
import org.sgsars.model.ParameterShape;

/** Layers and how they lie on crossbars as records, and back. */
public final class WireLayers {
  private WireLayers() {}

  public static org.sgsars.wire.LayerShape toWire(LayerShape layer) {
    return new org.sgsars.wire.LayerShape(
        layer.name(),
        layer.parameters().stream().map(WireLayers::toWire).toList(),
        layer.rows(),
        layer.columns(),
        layer.map().equals(byDefault(layer.parameters())) ? null : toWire(layer.map()));
  }

  public static org.sgsars.wire.ParameterShape toWire(ParameterShape parameter) {
    return new org.sgsars.wire.ParameterShape(parameter.name(), parameter.shape());
  }

  /**
   * @throws IllegalArgumentException if a size is not positive, or the name holds what no name does
   */
  public static ParameterShape fromWire(org.sgsars.wire.ParameterShape parameter) {
    return new ParameterShape(parameter.getName(), parameter.getShape());
  }

  private static org.sgsars.wire.LayerMap toWire(LayerMap map) {
    return new org.sgsars.wire.LayerMap(
        map.kind(),
        map.axesText(),
        map.groups(),
        map.biasFrom().isPresent() ? map.biasFrom().getAsInt() : null);
  }

  private static LayerMap fromWire(org.sgsars.wire.LayerMap map, List<ParameterShape> parameters) {
    return new LayerMap(
        map.getKind(),
        map.getAxes().isEmpty() || parameters.isEmpty()
            ? List.of()
            : LayerMap.axes(map.getAxes(), parameters.get(0).shape().size()),
        map.getGroups(),
        map.getBiasFrom() == null ? OptionalInt.empty() : OptionalInt.of(map.getBiasFrom()));
  }

  /** Of a layer that says none. */
  private static LayerMap byDefault(List<ParameterShape> parameters) {
    boolean isMatrix = !parameters.isEmpty() && parameters.get(0).shape().size() > 1;
    return isMatrix ? LayerMap.outIn("", parameters.get(0).shape().size()) : LayerMap.NONE;
  }

  /**
   * @throws IllegalArgumentException if a size is not positive, or the map is none
   */
  public static LayerShape fromWire(org.sgsars.wire.LayerShape layer) {
    List<ParameterShape> parameters =
        layer.getParameters().stream().map(WireLayers::fromWire).toList();
    return new LayerShape(
        layer.getName(),
        parameters,
        layer.getMap() == null ? byDefault(parameters) : fromWire(layer.getMap(), parameters),
        layer.getRows(),
        layer.getColumns());
  }
}
