package org.sgsars.source.trace;

import java.nio.file.Path;
import java.util.List;
import org.sgsars.mapping.LayerRule;
import org.sgsars.model.PolicyChoice;
import org.sgsars.policy.Setting;
import org.sgsars.source.GradientSource;
import org.sgsars.source.SourceException;
import org.sgsars.source.SourcePolicy;

/** Replays a stored trace. */
public final class TraceSourcePolicy implements SourcePolicy<TraceSourcePolicy.Settings> {
  @Override
  public String kind() {
    return "trace";
  }

  @Override
  public String summary() {
    return "Replays the gradients of a stored training run.";
  }

  /**
   * Which trace, and how it is read.
   *
   * @param path an Avro file or a safetensors folder
   * @param missing what a gradient means that is not there
   */
  public record Settings(
      @Setting(about = "A stored trace of gradients: an Avro file or a safetensors folder.")
          Path path,
      @Setting(
              about =
                  "What a layer's gradient means that an iteration of a safetensors folder lacks, such as that of a dropped or a frozen layer: the trace is refused, or the gradient is zero. With zero the layers are those of all files: the first file's, then those that later files bring, file by file.",
              fallback = "refuse")
          MissingGradients missing) {}

  @Override
  public Class<Settings> settingsType() {
    return Settings.class;
  }

  /**
   * The choice of another trace, which is read by the same settings if the one before was a trace.
   *
   * @param before the source so far, of any kind
   */
  public static PolicyChoice replacing(PolicyChoice before, Path trace) {
    TraceSourcePolicy policy = new TraceSourcePolicy();
    Path path = trace.toAbsolutePath().normalize();
    MissingGradients missing =
        before.kind().equals(policy.kind())
            ? policy.bind(before).settings().missing
            : MissingGradients.REFUSE;
    return policy.choice(new Settings(path, missing));
  }

  @Override
  public GradientSource open(Settings settings) throws SourceException {
    return open(settings, List.of());
  }

  @Override
  public GradientSource open(Settings settings, List<LayerRule> rules) throws SourceException {
    return Traces.open(settings.path, settings.missing, rules);
  }
}
