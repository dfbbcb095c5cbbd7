package org.sgsars.experiment;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.sgsars.device.Device;
import org.sgsars.device.SizeLimits;
import org.sgsars.model.LayerSettings;
import org.sgsars.model.PolicyChoice;
import org.sgsars.model.ScenarioPlan;
import org.sgsars.policy.Policies;
import org.sgsars.policy.Policy;
import org.sgsars.policy.PolicyFamily;
import org.sgsars.policy.WearFeedback;

/**
 * What parts of a scenario exclude each other, whoever announced it: an experiment file is held
 * against these rules, and so is a manifest.
 */
final class ScenarioRules {
  /** Index of the scenario's own settings; those of some layers are numbered from 0. */
  static final int OF_SCENARIO = -1;

  /** Index of no leveller. */
  private static final int NO_LEVELLER = -1;

  /**
   * What is not allowed.
   *
   * @param settings where it is: index of the settings of some layers, or {@link #OF_SCENARIO}
   * @param key of it in these settings; empty if it is all of them
   * @param leveller index of the leveller there that it is about, -1 if it is about none
   * @param text for people
   */
  record Problem(int settings, String key, int leveller, String text) {
    private static Problem of(int settings, String key, String text) {
      return new Problem(settings, key, NO_LEVELLER, text);
    }

    private static Problem ofLeveller(int settings, int leveller, String text) {
      return new Problem(settings, PolicyFamily.LEVELLER.key(), leveller, text);
    }

    boolean isOfLeveller() {
      return leveller != NO_LEVELLER;
    }
  }

  private final ScenarioPlan scenario;
  private final PolicyChoice sparsifier;
  private final List<LayerSettings> ofLayers;

  /**
   * @param scenario of which neither the layers nor what levellers say of themselves need be known
   * @param sparsifier of the scenario, with its settings
   */
  ScenarioRules(ScenarioPlan scenario, PolicyChoice sparsifier) {
    this.scenario = scenario;
    this.sparsifier = sparsifier;
    this.ofLayers = scenario.exceptions().settings();
  }

  /** What keeps a network from training on the scenario's crossbars. */
  List<Problem> ofTraining(Policies policies) {
    List<Problem> problems = new ArrayList<>();
    // A training programs its weights into cells.
    IntStream.range(0, ofLayers.size())
        .filter(i -> ofLayers.get(i).isDigital())
        .limit(1)
        .forEach(
            i ->
                problems.add(
                    Problem.of(
                        i,
                        "on",
                        "a network trains on the crossbars of all its layers; allowed: nothing")));
    // What the content of another layer wrote last is not known to this one.
    int[] crossing = crossing().toArray();
    if (crossing.length > 0 && keepsLastValue(policies)) {
      problems.add(
          Problem.ofLeveller(
              OF_SCENARIO,
              crossing[0],
              "cross-layer moves contents onto cells that contents of other layers wore out, and what these wrote last is not passed on; let the device's wornAs be low, high or either"));
    }
    return problems;
  }

  /**
   * Whether worn-out cells keep their last value; of a device that is not here nothing is known.
   */
  private boolean keepsLastValue(Policies policies) {
    return scenario
        .device()
        .filter(device -> policies.find(PolicyFamily.DEVICE, device.kind()).isPresent())
        .flatMap(device -> Device.of(scenario, policies))
        .filter(Device::keepsLastValue)
        .isPresent();
  }

  /** Indices of the scenario's levellers that exchange tiles between layers. */
  private IntStream crossing() {
    return IntStream.range(0, scenario.levellers().size())
        .filter(i -> crosses(scenario.levellers().get(i)));
  }

  private static boolean crosses(PolicyChoice leveller) {
    return leveller.kind().equals(ScenarioPlan.CROSS_LAYER);
  }

  /** Tiles can only change places where all their rows and columns count alike. */
  Optional<Problem> ofCrossLayer(Policies policies) {
    int[] crossing = crossing().toArray();
    if (crossing.length == 0) {
      return Optional.empty();
    }
    String problem = "";
    if (crossing.length > 1) {
      problem = "is there twice; one exchanges all tiles";
    } else if (columnBlocks() > 1) {
      problem =
          "lets all layers use columns that one leaves free, and columnBlocks of retire is %d; allowed beside it: 0 or 1"
              .formatted(columnBlocks());
    } else if (!scenario.exceptions().loans().isEmpty()) {
      problem =
          "lets all layers use columns that one leaves free, and layers lend each other some; leave out borrowedRows and columnBlocks";
    } else if (SizeLimits.writesCells(sparsifier, policies)) {
      problem = "needs whole rows, and sparsifier " + sparsifier.kind() + " writes single cells";
    }
    return problem.isEmpty()
        ? Optional.empty()
        : Optional.of(Problem.ofLeveller(OF_SCENARIO, crossing[0], "cross-layer " + problem));
  }

  /** Blocks of its crossbars' columns that a layer is to use; 0 if that is not said. */
  private long columnBlocks() {
    return scenario
        .retire()
        .map(retire -> retire.settings().get(ScenarioPlan.COLUMN_BLOCKS))
        .filter(Long.class::isInstance)
        .map(Long.class::cast)
        .orElse(0L);
  }

  /** What keeps some layers from settings of their own, in the order of these. */
  List<Problem> ofLayers() {
    List<Problem> problems = new ArrayList<>();
    boolean crosses =
        Stream.concat(
                scenario.levellers().stream(),
                ofLayers.stream().flatMap(settings -> settings.levellers().stream()))
            .anyMatch(ScenarioRules::crosses);
    for (int i = 0; i < ofLayers.size(); i++) {
      LayerSettings own = ofLayers.get(i);
      if (crosses) {
        problems.add(
            Problem.of(
                i,
                "",
                "cross-layer exchanges the crossbars of all layers, which have to be alike; leave one of both out"));
      }
      if (own.isDigital() && WearFeedback.interval(sparsifier).isPresent()) {
        problems.add(
            Problem.of(
                i,
                "on",
                "the sparsifier waits for the wear of every layer; take wearFeedback out, or put the layer on crossbars"));
      }
      if (!own.isDigital() && own.device().isPresent() != scenario.device().isPresent()) {
        problems.add(
            Problem.of(
                i,
                "device",
                scenario.device().isPresent()
                    ? "is missing where the scenario has one; give these layers one too"
                    : "the scenario has none; give it one too, for the other layers"));
      }
    }
    return problems;
  }

  /** That some layer is left to be judged. */
  static Optional<Problem> ofAllDigital(ScenarioPlan scenario, int layers) {
    return IntStream.range(0, layers).allMatch(scenario::isDigital)
        ? Optional.of(
            Problem.of(
                OF_SCENARIO, "layers", "all layers are digital; leave at least one on crossbars"))
        : Optional.empty();
  }

  /** Levellers that cannot be beside one that tests the cells of a layer's own rows. */
  List<Problem> ofTests() {
    List<Problem> problems = new ArrayList<>(ofTests(OF_SCENARIO, scenario.levellers()));
    for (int i = 0; i < ofLayers.size(); i++) {
      if (!ofLayers.get(i).levellers().equals(scenario.levellers())) {
        problems.addAll(ofTests(i, ofLayers.get(i).levellers()));
      }
    }
    return problems;
  }

  private static List<Problem> ofTests(int settings, List<PolicyChoice> levellers) {
    List<String> kinds = levellers.stream().map(PolicyChoice::kind).toList();
    int test = kinds.indexOf(ScenarioPlan.DETECT_REMAP);
    if (test < 0) {
      return List.of();
    }
    String problem = "";
    if (kinds.lastIndexOf(ScenarioPlan.DETECT_REMAP) != test) {
      problem = "is there twice; one tests all rows";
    } else if (kinds.contains(ScenarioPlan.RETIRE)) {
      problem = "finds failures that retire notices at once; leave one of both out";
    } else if (kinds.contains(ScenarioPlan.CROSS_LAYER)) {
      problem = "knows the cells of one layer, which cross-layer changes; leave one of both out";
    }
    return problem.isEmpty()
        ? List.of()
        : List.of(Problem.ofLeveller(settings, test, ScenarioPlan.DETECT_REMAP + " " + problem));
  }

  /** Levellers that level by a device that is not there. */
  List<Problem> ofMissingDevices(Policies policies) {
    List<Problem> problems = new ArrayList<>();
    if (scenario.device().isEmpty()) {
      addMissing(OF_SCENARIO, scenario.levellers(), policies, problems);
      for (int i = 0; i < ofLayers.size(); i++) {
        LayerSettings own = ofLayers.get(i);
        // What is the scenario's was said above.
        if (!own.isDigital() && !own.levellers().equals(scenario.levellers())) {
          addMissing(i, own.levellers(), policies, problems);
        }
      }
    }
    return problems;
  }

  private static void addMissing(
      int settings, List<PolicyChoice> levellers, Policies policies, List<Problem> problems) {
    for (int i = 0; i < levellers.size(); i++) {
      String kind = levellers.get(i).kind();
      if (policies.has(PolicyFamily.LEVELLER, kind, Policy::needsDevice)) {
        problems.add(
            Problem.ofLeveller(
                settings,
                i,
                "%s needs a device, whose cells' endurance it levels by; give one, such as device: {kind: rram-typical}"
                    .formatted(kind)));
      }
    }
  }
}
