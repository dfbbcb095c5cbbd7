package org.sgsars.experiment;

import static org.sgsars.experiment.SchemaNode.described;
import static org.sgsars.experiment.SchemaNode.flag;
import static org.sgsars.experiment.SchemaNode.list;
import static org.sgsars.experiment.SchemaNode.mapping;
import static org.sgsars.experiment.SchemaNode.number;
import static org.sgsars.experiment.SchemaNode.oneOf;
import static org.sgsars.experiment.SchemaNode.orRange;
import static org.sgsars.experiment.SchemaNode.reference;
import static org.sgsars.experiment.SchemaNode.text;
import static org.sgsars.experiment.SchemaNode.wholeNumber;
import static org.sgsars.experiment.SchemaNode.withDefault;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sgsars.mapping.LayerRule;
import org.sgsars.model.GradientFormat;
import org.sgsars.model.ScenarioPlan;
import org.sgsars.policy.Parameter;
import org.sgsars.policy.Policies;
import org.sgsars.policy.Policy;
import org.sgsars.policy.PolicyFamily;
import org.sgsars.policy.SettingsType;

/**
 * A JSON Schema (draft 7) of experiment files, so that editors complete and check them. It refuses
 * nothing that {@link ExperimentFile} takes; what depends on several keys at once, such as settings
 * that exclude each other, only the reader knows.
 */
public final class ExperimentSchema {
  private static final String ITERATIONS = "iterations";
  private static final String EPOCHS = "epochs";
  private static final String DEVICE = "device";
  private static final String CROSSBAR = "crossbar";

  private ExperimentSchema() {}

  /**
   * The schema, with the kinds and settings of these policies.
   *
   * @return maps, lists, texts, numbers and flags, in the order in which to write them
   */
  public static Map<String, Object> of(Policies policies) {
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("$schema", "http://json-schema.org/draft-07/schema#");
    schema.put("title", "An experiment of sgs-ars");
    schema.put("description", "docs/EXPERIMENT.md says what the keys mean.");
    schema.putAll(mapping(keys(), List.of("name", "source", "scenarios")));
    schema.put("definitions", definitions(policies));
    return schema;
  }

  private static Map<String, Object> keys() {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put(
        "name",
        described(
            text(ExperimentFile.NAME),
            "Name of the experiment; part of the run's name. Required."));
    keys.put(
        "seed",
        described(
            withDefault(wholeNumber(Long.MIN_VALUE, Long.MAX_VALUE), 1),
            "Seed of everything random."));
    keys.put(
        "source",
        described(
            reference(PolicyFamily.SOURCE.key()),
            "Where gradients, or for the bench selections, come from. Required."));
    keys.put("optimizer", described(optimizer(), "The optimizer whose steps are sparsified."));
    keys.put(CROSSBAR, described(reference(CROSSBAR), "The crossbars of all scenarios."));
    keys.put(
        DEVICE,
        described(
            reference(PolicyFamily.DEVICE.key()),
            "The device whose cells fail. If left out, only writes are counted."));
    keys.put("time", described(time(), "What turns iterations into epochs and days."));
    keys.put("report", described(report(), "What the report holds."));
    keys.put("pipeline", described(pipeline(), "How the gradients travel."));
    keys.put(
        "closedLoop",
        described(
            withDefault(oneOf(List.of("one", "each")), "one"),
            "Of a training: whether one scenario steers it, which has train: true, or each trains a copy."));
    keys.put(
        LayerRuleReader.KEY,
        described(
            list(layerRule(), 0),
            "How layers lie on crossbars, whatever the source says; the first that matches a layer counts."));
    keys.put(
        "scenarios",
        described(list(scenario(), 1), "What is compared on the same gradients. Required."));
    return keys;
  }

  private static Map<String, Object> optimizer() {
    Map<String, Object> step = new LinkedHashMap<>();
    step.put(
        "from",
        described(
            wholeNumber(1, ExperimentFile.MAX_ITERATIONS),
            "First iteration of this learning rate."));
    step.put("learningRate", number(ExperimentFile.LEARNING_RATE));
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put(
        "momentum",
        described(
            withDefault(number(ExperimentFile.MOMENTUM), 0.9),
            "Velocity kept from one iteration to the next."));
    keys.put(
        "dampening",
        described(
            withDefault(number(ExperimentFile.DAMPENING), 0),
            "From the second iteration on the velocity takes 1 - dampening of the gradient."));
    keys.put(
        "nesterov",
        described(
            withDefault(flag(), false),
            "Whether a step is the gradient and momentum times the velocity; with momentum, without dampening."));
    keys.put(
        "learningRate",
        described(
            withDefault(number(ExperimentFile.LEARNING_RATE), 0.1),
            "Step size; matters where weights are followed (train, weightDecay, quantize)."));
    keys.put(
        "weightDecay",
        described(
            withDefault(number(ExperimentFile.WEIGHT_DECAY), 0),
            "Share of the weight added to its gradient."));
    keys.put(
        "learningRateSteps",
        described(
            list(mapping(step, List.copyOf(step.keySet())), 0),
            "Later learning rates, by ascending iteration."));
    return mapping(keys, List.of());
  }

  /** One leveller or a list of them. */
  private static Map<String, Object> levellers() {
    Map<String, Object> leveller = reference(PolicyFamily.LEVELLER.key());
    return SchemaNode.of("anyOf", List.of(leveller, list(leveller, 1)));
  }

  /**
   * What is said of layers by their names.
   *
   * @param names what a pattern is matched with
   * @param settings between the pattern and where the layers are
   * @param digital what {@code on: digital} does
   */
  private static Map<String, Object> ofLayers(
      String names, Map<String, Object> settings, String digital) {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("match", described(text("."), names + "; * is any characters, ? any one. Required."));
    keys.putAll(settings);
    keys.put("on", described(oneOf(List.of(LayerRuleReader.DIGITAL)), digital));
    return mapping(keys, List.of("match"));
  }

  private static Map<String, Object> layerSettings() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put(
        PolicyFamily.LEVELLER.key(),
        described(levellers(), "How rows of these layers are levelled; a list levels by each."));
    settings.put(CROSSBAR, described(reference(CROSSBAR), "The crossbars of these layers."));
    settings.put(
        DEVICE,
        described(
            reference(PolicyFamily.DEVICE.key()),
            "The device of these layers; the scenario has to have one too."));
    return ofLayers(
        "Layers' names", settings, "Keeps these layers off the crossbars in this scenario.");
  }

  private static Map<String, Object> layerRule() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("kind", described(oneOf(LayerRule.kinds()), "The module that the layer is."));
    settings.put(
        "axes",
        described(
            text("^(in|out)(-(in|out))+$"),
            "What the weight's dimensions are; the last counts for all that follow."));
    settings.put(
        "groups",
        described(
            wholeNumber(1, LayerRuleReader.MOST_GROUPS),
            "Parts with inputs and outputs of their own."));
    return ofLayers(
        "A layer's name or a parameter's", settings, "Keeps the layer off the crossbars.");
  }

  private static Map<String, Object> crossbar() {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put(
        "size",
        described(
            withDefault(orRange(wholeNumber(1, ScenarioPlan.MAX_CROSSBAR_SIZE)), 128),
            "Rows and columns of one crossbar."));
    keys.put(
        "spareRows",
        described(
            withDefault(orRange(wholeNumber(0, ScenarioPlan.MAX_CROSSBAR_SIZE)), 0),
            "Rows that every layer's array has beyond its crossbars, for levelling."));
    return mapping(keys, List.of());
  }

  private static Map<String, Object> time() {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("iterationsPerEpoch", described(iterations(), "Iterations of an epoch."));
    keys.put(
        "secondsPerIteration",
        described(number(ExperimentFile.SECONDS), "Time of an iteration. Unit: seconds."));
    return mapping(keys, List.of());
  }

  private static Map<String, Object> report() {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put(
        "selections",
        described(
            withDefault(flag(), false),
            "Whether the report lists the selected rows of every iteration."));
    keys.put(
        "interval",
        described(
            iterations(),
            "Time between two points of the timeline. Unit: iterations. If left out: a hundredth of the run."));
    keys.put(
        "accuracyInterval",
        described(
            iterations(),
            "Of a training: time between two tests of accuracy. Unit: iterations. If left out: a twentieth of the run."));
    return mapping(keys, List.of());
  }

  private static Map<String, Object> pipeline() {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put(
        "chunkBytes",
        described(
            withDefault(
                wholeNumber(ExperimentFile.LEAST_CHUNK, ExperimentFile.MOST_CHUNK),
                ExperimentFile.DEFAULT_CHUNK),
            "Most bytes of gradient in one record; changes no result. Unit: bytes."));
    keys.put(
        "maxLead",
        described(
            iterations(),
            "Most iterations the producer is ahead of the slowest service; changes no result. Unit: iterations. If left out: as many as hold 512 MiB, 8 to 65536; with --in-memory an eighth of the heap, 2 to 65536."));
    keys.put(
        "wire",
        described(
            withDefault(oneOf(GradientFormat.keys()), GradientFormat.keys().get(0)),
            "What gradients are between producer and sgs-service."));
    return mapping(keys, List.of());
  }

  private static Map<String, Object> iterations() {
    return wholeNumber(1, ExperimentFile.MAX_ITERATIONS);
  }

  private static Map<String, Object> scenario() {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put(
        "name",
        described(
            text(ExperimentFile.NAME), "Name of the scenario, unique in the file. Required."));
    keys.put(
        PolicyFamily.SPARSIFIER.key(),
        described(reference(PolicyFamily.SPARSIFIER.key()), "What is written. Required."));
    keys.put(
        PolicyFamily.LEVELLER.key(),
        described(
            levellers(),
            "How rows are levelled; a list of several levels by each, in that order. If left out: {kind: none}."));
    keys.put(CROSSBAR, described(reference(CROSSBAR), "The crossbars of this scenario."));
    keys.put(
        DEVICE, described(reference(PolicyFamily.DEVICE.key()), "The device of this scenario."));
    keys.put(
        "train",
        described(
            flag(),
            "Of a training: whether this scenario steers it. If left out: true if it is the only one."));
    keys.put(
        LayerRuleReader.KEY,
        described(
            list(layerSettings(), 0),
            "What some layers have otherwise in this scenario; the first that matches a layer counts."));
    return mapping(keys, List.of("name", PolicyFamily.SPARSIFIER.key()));
  }

  private static Map<String, Object> definitions(Policies policies) {
    Map<String, Object> definitions = new LinkedHashMap<>();
    definitions.put(CROSSBAR, crossbar());
    for (PolicyFamily family : PolicyFamily.values()) {
      List<Object> kinds = new ArrayList<>();
      Map<String, Object> ofFamily = new LinkedHashMap<>();
      for (Policy<?> policy : policies.all(family)) {
        String name = family.key() + "." + policy.kind();
        kinds.add(reference(name));
        ofFamily.put(name, policy(policy));
      }
      Map<String, Object> any = SchemaNode.of("type", "object");
      any.put("required", List.of("kind"));
      any.put("properties", SchemaNode.of("kind", oneOf(policies.kinds(family))));
      any.put("oneOf", kinds);
      definitions.put(family.key(), any);
      definitions.putAll(ofFamily);
    }
    return definitions;
  }

  private static Map<String, Object> policy(Policy<?> policy) {
    Map<String, Object> keys = new LinkedHashMap<>();
    List<String> required = new ArrayList<>(List.of("kind"));
    boolean isSource = policy.family() == PolicyFamily.SOURCE;
    keys.put("kind", SchemaNode.of("const", policy.kind()));
    for (Parameter parameter : SettingsType.of(policy).parameters()) {
      keys.put(parameter.name(), SchemaNode.setting(parameter, !isSource));
      if (parameter.required()) {
        required.add(parameter.name());
      }
    }
    if (isSource) {
      keys.put(
          ITERATIONS,
          described(
              iterations(),
              "Length of the run; a shorter source is repeated from its beginning. Unit: iterations."));
    }
    if (isSource && policy.countsEpochs()) {
      keys.put(
          EPOCHS,
          described(
              wholeNumber(1, ExperimentFile.MAX_EPOCHS),
              "Instead of iterations: how often every image is seen. Unit: epochs."));
    } else if (isSource) {
      required.add(ITERATIONS);
    }
    Map<String, Object> node = described(mapping(keys, required), policy.summary());
    if (isSource && policy.countsEpochs()) {
      node.put(
          "oneOf",
          List.of(
              SchemaNode.of("required", List.of(ITERATIONS)),
              SchemaNode.of("required", List.of(EPOCHS))));
    }
    return node;
  }
}
