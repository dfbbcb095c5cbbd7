package org.sgsars.source.trace;

import java.nio.file.Path;
import java.util.List;
import org.sgsars.mapping.LayerTable;
import org.sgsars.model.ParameterShape;
import org.sgsars.source.SourceException;

/**
 * A network without values: a {@code layers.json} that also has {@code "shapes": {"fc.weight": [10,
 * 784], ...}}, all parameters in the network's order.
 *
 * @param table what its modules say of its parameters
 * @param parameters all of them
 */
public record NetworkFile(LayerTable table, List<ParameterShape> parameters) {
  public NetworkFile {
    parameters = List.copyOf(parameters);
  }

  /**
   * @throws SourceException if it cannot be read, naming the place and what is allowed
   */
  public static NetworkFile read(Path file) throws SourceException {
    return LayerTableFile.readNetwork(file);
  }
}
