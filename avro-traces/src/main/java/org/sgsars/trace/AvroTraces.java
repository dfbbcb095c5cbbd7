package org.sgsars.trace;

import java.nio.file.Path;
import org.sgsars.source.GradientSink;
import org.sgsars.source.GradientSource;
import org.sgsars.source.SourceException;
import org.sgsars.source.trace.TraceFormat;

/** Traces in one Avro container file. */
public final class AvroTraces implements TraceFormat {
  @Override
  public String name() {
    return "avro";
  }

  @Override
  public GradientSource open(Path file) throws SourceException {
    return new TraceFile(file);
  }

  @Override
  public GradientSink create(
      Path file, String description, Parameters parameters, long iterations, double weightDecay)
      throws SourceException {
    return new TraceWriter(file, description, parameters, iterations, weightDecay);
  }
}
