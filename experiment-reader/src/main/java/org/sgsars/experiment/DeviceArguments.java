package org.sgsars.experiment;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.sgsars.model.PolicyChoice;
import org.sgsars.policy.Policies;
import org.sgsars.policy.PolicyFamily;

/** A device as a command line names it: what an experiment's {@code device} holds, word by word. */
public final class DeviceArguments {
  /** Stands where an experiment's problems have its file; paths start from the working folder. */
  private static final Path PLACE = Path.of("device");

  private DeviceArguments() {}

  /**
   * Reads a device.
   *
   * @param kind of the device
   * @param settings as {@code KEY=VALUE}, each once
   * @throws ExperimentException with everything that is not allowed; its lines are the number of
   *     the word, the kind being the first
   */
  public static PolicyChoice read(String kind, List<String> settings, Policies policies)
      throws ExperimentException {
    List<String> problems = new ArrayList<>();
    StringBuilder text = new StringBuilder("kind: ").append(kind).append('\n');
    for (String setting : settings) {
      int equals = setting.indexOf('=');
      if (equals < 1 || setting.lines().count() > 1) {
        problems.add("%s: is no setting; allowed: KEY=VALUE".formatted(setting));
      } else {
        text.append(setting, 0, equals)
            .append(": ")
            .append(setting.substring(equals + 1))
            .append('\n');
      }
    }
    if (!problems.isEmpty() || kind.lines().count() > 1) {
      throw new ExperimentException(
          problems.isEmpty() ? List.of("%s: is no kind of device".formatted(kind)) : problems);
    }
    Section section =
        new Section(PLACE.toString(), "", YamlText.compose(PLACE, text.toString()), problems, null);
    Optional<PolicyChoice> choice =
        new PolicyReader(PLACE, policies, ReadableFolders.ALL, problems)
            .policy(section, PolicyFamily.DEVICE, List.of());
    if (!problems.isEmpty() || choice.isEmpty()) {
      throw new ExperimentException(problems);
    }
    return choice.get();
  }
}
