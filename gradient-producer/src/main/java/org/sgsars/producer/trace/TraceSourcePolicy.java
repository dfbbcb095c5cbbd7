package org.sgsars.producer.trace;

import java.nio.file.Path;
import java.util.List;
import org.sgsars.contract.model.Settings;
import org.sgsars.contract.policy.Parameter;
import org.sgsars.producer.core.GradientSource;
import org.sgsars.producer.core.SourceException;
import org.sgsars.producer.core.SourcePolicy;

/** Replays a stored trace. */
public final class TraceSourcePolicy implements SourcePolicy {
  private static final String PATH = "path";

  @Override
  public String kind() {
    return "trace";
  }

  @Override
  public String summary() {
    return "Replays the gradients of a stored training run.";
  }

  @Override
  public List<Parameter> parameters() {
    return List.of(Parameter.path(PATH, "The trace: an Avro file or a safetensors folder."));
  }

  @Override
  public GradientSource open(Settings settings) throws SourceException {
    return Traces.open(Path.of(settings.text(PATH)));
  }
}
