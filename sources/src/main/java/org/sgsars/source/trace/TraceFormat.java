package org.sgsars.source.trace;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import org.sgsars.model.LayerShape;
import org.sgsars.model.ParameterShape;
import org.sgsars.source.GradientSink;
import org.sgsars.source.GradientSource;
import org.sgsars.source.SourceException;

/**
 * A form in which a trace is one file. Its class stands on the line of {@code
 * META-INF/services/org.sgsars.source.trace.TraceFormat} and has a public constructor without
 * arguments. Sources know no library that stores records; whoever replays or writes such a file has
 * the format beside them.
 */
public interface TraceFormat {
  /** Name for people, such as {@code avro}. */
  String name();

  /**
   * Opens a trace at its beginning.
   *
   * @throws SourceException if the file cannot be read or does not begin as a trace
   */
  GradientSource open(Path file) throws SourceException;

  /**
   * What a trace is of.
   *
   * @param layers on crossbars, whose gradients it holds
   * @param digital the parameters beside them; empty if nothing is known of them
   */
  record Parameters(List<LayerShape> layers, Optional<List<ParameterShape>> digital) {}

  /**
   * Writes a trace, which appears when it is whole.
   *
   * @param description where it comes from
   * @param iterations that it will have
   * @param weightDecay that the gradients already hold, from 0 to 1
   * @throws SourceException if the file cannot be written
   */
  GradientSink create(
      Path file, String description, Parameters parameters, long iterations, double weightDecay)
      throws SourceException;

  /**
   * The format on the class path.
   *
   * @throws SourceException if there is none
   */
  static TraceFormat onClassPath() throws SourceException {
    return ServiceLoader.load(TraceFormat.class)
        .findFirst()
        .orElseThrow(
            () ->
                new SourceException(
                    "No form of trace files is on the class path; add avro-traces.jar, or give a folder of safetensors files"));
  }

  /** Whether a trace may say that its gradients hold so much weight decay. */
  static boolean isWeightDecay(double weightDecay) {
    return weightDecay >= 0 && weightDecay <= 1;
  }
}
