package org.sgsars.source.trace;

import java.nio.file.Path;
import java.util.List;
import org.sgsars.model.Settings;
import org.sgsars.policy.Parameter;
import org.sgsars.source.GradientSource;
import org.sgsars.source.SourceException;
import org.sgsars.source.SourcePolicy;

/** Replays a stored trace. */
public final class TraceSourcePolicy implements SourcePolicy {
  private static final String PATH = "path";
  private static final String MISSING = "missing";

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
    return List.of(
        Parameter.path(PATH, "The trace: an Avro file or a safetensors folder."),
        Parameter.choice(
            MISSING,
            MissingGradients.REFUSE.key(),
            MissingGradients.keys(),
            "What an iteration without a layer's gradient means: that the trace is not sound, or that the gradient is zero."));
  }

  @Override
  public GradientSource open(Settings settings) throws SourceException {
    // Instead of a source of another kind there may be a trace that was given its path alone.
    String missing = settings.has(MISSING) ? settings.text(MISSING) : "";
    return Traces.open(
        Path.of(settings.text(PATH)), MissingGradients.of(missing).orElse(MissingGradients.REFUSE));
  }
}
