package org.sgsars.contract.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.sgsars.model.GradientFormat;
import org.sgsars.model.LayerExceptions;
import org.sgsars.model.LayerGroup;
import org.sgsars.model.LayerLoans;
import org.sgsars.model.LayerSettings;
import org.sgsars.model.LayerShape;
import org.sgsars.model.LearningRateStep;
import org.sgsars.model.Momentum;
import org.sgsars.model.OptimizerSettings;
import org.sgsars.model.PolicyChoice;
import org.sgsars.model.RunPlan;
import org.sgsars.model.ScenarioPlan;
import org.sgsars.model.Selection;
import org.sgsars.model.Sweep;
import org.sgsars.model.TrainingPlan;
import org.sgsars.wire.Extent;
import org.sgsars.wire.Optimizer;
import org.sgsars.wire.RunManifest;
import org.sgsars.wire.Scenario;
import org.sgsars.wire.SweptSetting;
import org.sgsars.wire.Training;

/** The model's values as records, and back. */
public final class WireModel {
  /** Among a sparsifier's settings on the wire: the one scenario that it is for. */
  private static final String FOR_SCENARIO = "scenario";

  private WireModel() {}

  public static RunManifest toWire(RunPlan plan) {
    return RunManifest.newBuilder()
        .setRun(plan.run())
        .setName(plan.name())
        .setCreatedAtMs(plan.createdAtMs())
        .setSource(plan.source())
        .setIterations(plan.iterations())
        .setSeed(plan.seed())
        .setOptimizer(
            new Optimizer(
                (double) plan.optimizer().momentum().factor(),
                (double) plan.optimizer().learningRate(),
                (double) plan.optimizer().weightDecay(),
                plan.optimizer().steps().stream()
                    .map(
                        step ->
                            new org.sgsars.wire.LearningRateStep(
                                step.fromIteration(), (double) step.learningRate()))
                    .toList(),
                (double) plan.optimizer().momentum().dampening(),
                plan.optimizer().momentum().nesterov()))
        .setGradientFormat(toWire(plan.gradientFormat()))
        .setLayers(plan.layers().stream().map(WireLayers::toWire).toList())
        .setSparsifiers(plan.sparsifiers().stream().map(WireModel::toWire).toList())
        .setScenarios(plan.scenarios().stream().map(WireModel::toWire).toList())
        .setWearInterval(plan.wearInterval())
        .setReportSelections(plan.reportSelections())
        .setIterationsPerEpoch(
            plan.time().iterationsPerEpoch().isPresent()
                ? plan.time().iterationsPerEpoch().getAsLong()
                : null)
        .setSecondsPerIteration(
            plan.time().secondsPerIteration().isPresent()
                ? plan.time().secondsPerIteration().getAsDouble()
                : null)
        .setTraining(
            plan.training()
                .map(t -> new Training(t.scenarios(), t.accuracyInterval()))
                .orElse(null))
        .setExperiment(plan.experiment())
        .setNotices(plan.notices())
        .setSweeps(plan.sweeps().stream().map(WireModel::toWire).toList())
        .build();
  }

  /**
   * @throws WireException if the manifest contradicts itself
   */
  public static RunPlan fromWire(RunManifest manifest) throws WireException {
    try {
      RunPlan plan =
          new RunPlan(
              manifest.getRun(),
              new RunPlan.Origin(
                  manifest.getName(),
                  manifest.getCreatedAtMs(),
                  manifest.getSource(),
                  manifest.getExperiment(),
                  manifest.getNotices()),
              manifest.getIterations(),
              manifest.getSeed(),
              new RunPlan.GradientPlan(
                  optimizer(manifest),
                  fromWire(manifest.getGradientFormat()),
                  time(manifest),
                  Optional.ofNullable(manifest.getTraining())
                      .map(t -> new TrainingPlan(t.getScenarios(), t.getAccuracyInterval()))),
              manifest.getLayers().stream().map(WireLayers::fromWire).toList(),
              new RunPlan.Comparison(
                  manifest.getSparsifiers().stream().map(WireModel::sparsifier).toList(),
                  manifest.getScenarios().stream().map(WireModel::fromWire).toList(),
                  manifest.getSweeps().stream().map(WireModel::fromWire).toList()),
              new RunPlan.ReportPlan(manifest.getWearInterval(), manifest.getReportSelections()));
      check(plan);
      return plan;
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new WireException("unusable manifest: " + e.getMessage(), e);
    }
  }

  private static OptimizerSettings optimizer(RunManifest manifest) {
    return new OptimizerSettings(
        new Momentum(
            (float) manifest.getOptimizer().getMomentum(),
            (float) manifest.getOptimizer().getDampening(),
            manifest.getOptimizer().getNesterov()),
        (float) manifest.getOptimizer().getLearningRate(),
        (float) manifest.getOptimizer().getWeightDecay(),
        manifest.getOptimizer().getLearningRateSteps().stream()
            .map(
                step ->
                    new LearningRateStep(step.getFromIteration(), (float) step.getLearningRate()))
            .toList());
  }

  private static RunPlan.IterationTime time(RunManifest manifest) {
    Long perEpoch = manifest.getIterationsPerEpoch();
    Double seconds = manifest.getSecondsPerIteration();
    return new RunPlan.IterationTime(
        perEpoch == null ? OptionalLong.empty() : OptionalLong.of(perEpoch),
        seconds == null ? OptionalDouble.empty() : OptionalDouble.of(seconds));
  }

  private static void check(RunPlan plan) {
    require(plan.iterations() >= 1, "iterations is " + plan.iterations() + ", not at least 1");
    require(
        plan.wearInterval() >= 1, "wearInterval is " + plan.wearInterval() + ", not at least 1");
    require(!plan.layers().isEmpty(), "there are no layers");
    LayerShape.requireOwnNames(plan.layers());
    for (ScenarioPlan scenario : plan.scenarios()) {
      checkArrays(scenario);
      for (LayerGroup group : LayerGroup.exceptionsOf(plan, scenario)) {
        checkArrays(group.scenario());
      }
      require(
          scenario.sparsifier() >= 0 && scenario.sparsifier() < plan.sparsifiers().size(),
          "scenario %s names sparsifier %d of %d"
              .formatted(scenario.name(), scenario.sparsifier(), plan.sparsifiers().size()));
    }
  }

  private static void checkArrays(ScenarioPlan scenario) {
    require(
        scenario.crossbarSize() >= 1 && scenario.crossbarSize() <= ScenarioPlan.MAX_CROSSBAR_SIZE,
        "scenario %s has crossbarSize %d; allowed: 1 to %d"
            .formatted(scenario.name(), scenario.crossbarSize(), ScenarioPlan.MAX_CROSSBAR_SIZE));
    require(
        scenario.spareRows() >= 0 && scenario.spareRows() <= ScenarioPlan.MAX_CROSSBAR_SIZE,
        "scenario %s has spareRows %d; allowed: 0 to %d"
            .formatted(scenario.name(), scenario.spareRows(), ScenarioPlan.MAX_CROSSBAR_SIZE));
    require(!scenario.levellers().isEmpty(), "scenario " + scenario.name() + " has no leveller");
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }

  private static org.sgsars.wire.PolicyChoice toWire(PolicyChoice choice) {
    // Sorted, so that the same choice gives the same bytes.
    Map<String, Object> settings = new TreeMap<>(choice.settings());
    choice.scenario().ifPresent(scenario -> settings.put(FOR_SCENARIO, scenario));
    return new org.sgsars.wire.PolicyChoice(choice.kind(), settings);
  }

  private static PolicyChoice fromWire(org.sgsars.wire.PolicyChoice choice) {
    return new PolicyChoice(choice.getKind(), plain(choice.getSettings()));
  }

  private static PolicyChoice sparsifier(org.sgsars.wire.PolicyChoice choice) {
    Map<String, Object> settings = plain(choice.getSettings());
    return settings.remove(FOR_SCENARIO) instanceof String scenario
        ? new PolicyChoice(choice.getKind(), settings, Optional.of(scenario))
        : fromWire(choice);
  }

  /** Strings inside a union come back as Avro's own text type. */
  private static Map<String, Object> plain(Map<String, Object> settings) {
    Map<String, Object> plain = new TreeMap<>();
    settings.forEach((name, value) -> plain.put(name, plain(value)));
    return plain;
  }

  private static Object plain(Object value) {
    return value instanceof CharSequence ? value.toString() : value;
  }

  private static org.sgsars.wire.Sweep toWire(Sweep sweep) {
    return new org.sgsars.wire.Sweep(
        sweep.name(),
        sweep.firstScenario(),
        sweep.ranges().stream()
            .map(range -> new SweptSetting(range.setting(), range.values()))
            .toList());
  }

  private static Sweep fromWire(org.sgsars.wire.Sweep sweep) {
    return new Sweep(
        sweep.getName(),
        sweep.getFirstScenario(),
        sweep.getRanges().stream()
            .map(
                range ->
                    new Sweep.Range(
                        range.getSetting(),
                        range.getValues().stream().map(WireModel::plain).toList()))
            .toList());
  }

  private static Scenario toWire(ScenarioPlan scenario) {
    return new Scenario(
        scenario.name(),
        scenario.sparsifier(),
        scenario.levellers().stream().map(WireModel::toWire).toList(),
        scenario.crossbarSize(),
        scenario.spareRows(),
        scenario.stateBitsPerRow().isPresent() ? scenario.stateBitsPerRow().getAsDouble() : null,
        scenario.levelsByEndurance(),
        scenario.device().map(WireModel::toWire).orElse(null),
        scenario.leastIterations(),
        scenario.exceptions().settings().stream().map(WireModel::toWire).toList(),
        scenario.exceptions().ofLayers(),
        scenario.exceptions().loans().borrowedRows(),
        scenario.exceptions().loans().columnBlocks());
  }

  private static org.sgsars.wire.LayerSettings toWire(LayerSettings settings) {
    return new org.sgsars.wire.LayerSettings(
        settings.match(),
        settings.isDigital(),
        settings.levellers().stream().map(WireModel::toWire).toList(),
        settings.leastIterations(),
        settings.levelsByEndurance(),
        settings.crossbarSize(),
        settings.spareRows(),
        settings.device().map(WireModel::toWire).orElse(null));
  }

  private static LayerSettings fromWire(org.sgsars.wire.LayerSettings settings) {
    return new LayerSettings(
        settings.getMatch(),
        settings.getDigital(),
        settings.getLevellers().stream().map(WireModel::fromWire).toList(),
        settings.getLeastIterations(),
        settings.getLevelsByEndurance(),
        settings.getCrossbarSize(),
        settings.getSpareRows(),
        Optional.ofNullable(settings.getDevice()).map(WireModel::fromWire));
  }

  private static ScenarioPlan fromWire(Scenario scenario) {
    Double stateBits = scenario.getStateBitsPerRow();
    return new ScenarioPlan(
        scenario.getName(),
        scenario.getSparsifier(),
        scenario.getLevellers().stream().map(WireModel::fromWire).toList(),
        scenario.getCrossbarSize(),
        scenario.getSpareRows(),
        new ScenarioPlan.LevellerFacts(
            stateBits == null ? OptionalDouble.empty() : OptionalDouble.of(stateBits),
            scenario.getLevelsByEndurance(),
            scenario.getLeastIterations()),
        Optional.ofNullable(scenario.getDevice()).map(WireModel::fromWire),
        new LayerExceptions(
            scenario.getExceptions().stream().map(WireModel::fromWire).toList(),
            scenario.getExceptionOfLayers(),
            new LayerLoans(scenario.getBorrowedRows(), scenario.getColumnBlocks())));
  }

  private static org.sgsars.wire.GradientFormat toWire(GradientFormat format) {
    return switch (format) {
      case F32 -> org.sgsars.wire.GradientFormat.F32;
      case BF16 -> org.sgsars.wire.GradientFormat.BF16;
      case F16 -> org.sgsars.wire.GradientFormat.F16;
    };
  }

  /** The rows that an update holds for a selection. */
  public static List<Integer> rowsOf(Selection selection) {
    if (selection instanceof Selection.Rows chosen) {
      return list(chosen.rows());
    }
    return selection instanceof Selection.Cells cells ? list(cells.rows()) : List.of();
  }

  /** The columns that an update holds for a selection. */
  public static List<Integer> columnsOf(Selection selection) {
    return selection instanceof Selection.Cells cells ? list(cells.columns()) : List.of();
  }

  private static GradientFormat fromWire(org.sgsars.wire.GradientFormat format) {
    return switch (format) {
      case F32 -> GradientFormat.F32;
      case BF16 -> GradientFormat.BF16;
      case F16 -> GradientFormat.F16;
    };
  }

  public static Extent extentOf(Selection selection) {
    if (selection instanceof Selection.All) {
      return Extent.ALL;
    }
    return selection instanceof Selection.Rows ? Extent.ROWS : Extent.CELLS;
  }

  /**
   * The selection that an update's three fields hold.
   *
   * @throws WireException if the rows or columns are out of the layer, unsorted or repeated, or if
   *     there are any where the extent has none
   */
  public static Selection selection(
      Extent extent, List<Integer> rows, List<Integer> columns, LayerShape layer)
      throws WireException {
    checkIndices("row", rows, layer.rows(), layer.name());
    checkIndices("column", columns, layer.columns(), layer.name());
    boolean surplus =
        (extent != Extent.CELLS && !columns.isEmpty()) || (extent == Extent.ALL && !rows.isEmpty());
    if (surplus) {
      throw new WireException(
          "extent %s with %d rows and %d columns".formatted(extent, rows.size(), columns.size()));
    }
    try {
      return switch (extent) {
        case ALL -> new Selection.All();
        case ROWS -> new Selection.Rows(ints(rows));
        case CELLS -> new Selection.Cells(ints(rows), ints(columns));
      };
    } catch (IllegalArgumentException e) {
      throw new WireException(String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * @throws WireException if an index is outside [0, limit)
   */
  public static void checkIndices(String what, List<Integer> indices, int limit, String layer)
      throws WireException {
    for (int index : indices) {
      if (index < 0 || index >= limit) {
        throw new WireException(
            "%s %d is outside [0, %d) of layer %s".formatted(what, index, limit, layer));
      }
    }
  }

  /**
   * Cells that an extent with these rows and columns reaches.
   *
   * @param rows logical rows of ROWS and CELLS
   */
  public static int cells(Extent extent, List<Integer> rows, LayerShape layer) {
    return switch (extent) {
      case ALL -> Math.toIntExact(layer.cells());
      case ROWS -> Math.multiplyExact(rows.size(), layer.columns());
      case CELLS -> rows.size();
    };
  }

  /**
   * The numbers that a record holds for its cells.
   *
   * @throws WireException if they are not one for each, or not finite
   */
  public static float[] values(
      ByteBuffer values, Extent extent, List<Integer> rows, LayerShape layer) throws WireException {
    int cells = cells(extent, rows, layer);
    if (values.remaining() != (long) cells * Float.BYTES) {
      throw new WireException(
          "%d bytes of values come for %d cells of layer %s"
              .formatted(values.remaining(), cells, layer.name()));
    }
    float[] numbers = new float[cells];
    values.slice().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(numbers);
    for (float number : numbers) {
      if (!Float.isFinite(number)) {
        throw new WireException(
            "a value of layer %s is %s, which is not finite".formatted(layer.name(), number));
      }
    }
    return numbers;
  }

  /** Numbers as a record holds them. */
  public static ByteBuffer values(float[] numbers) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.multiplyExact(numbers.length, Float.BYTES))
            .order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(numbers);
    return bytes;
  }

  public static List<Long> longList(long[] values) {
    return Arrays.stream(values).boxed().toList();
  }

  public static int[] ints(List<Integer> values) {
    int[] array = new int[values.size()];
    for (int i = 0; i < array.length; i++) {
      array[i] = values.get(i);
    }
    return array;
  }

  public static long[] longs(List<Long> values) {
    long[] array = new long[values.size()];
    for (int i = 0; i < array.length; i++) {
      array[i] = values.get(i);
    }
    return array;
  }

  public static List<Integer> list(int[] values) {
    List<Integer> list = new ArrayList<>(values.length);
    for (int value : values) {
      list.add(value);
    }
    return list;
  }
}
