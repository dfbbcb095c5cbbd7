package org.sgsars.analyzer.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.sgsars.analyzer.core.LayerLifetime;
import org.sgsars.analyzer.core.LifetimeReport;
import org.sgsars.analyzer.core.LifetimeReport.AccuracyPoint;
import org.sgsars.analyzer.core.LifetimeReport.DeviceLifetime;
import org.sgsars.analyzer.core.LifetimeReport.FailureTime;
import org.sgsars.analyzer.core.LifetimeReport.FirstLoss;
import org.sgsars.analyzer.core.LifetimeReport.ScenarioLifetime;
import org.sgsars.analyzer.core.Retirement;
import org.sgsars.model.LearningRateStep;
import org.sgsars.model.OptimizerSettings;
import org.sgsars.model.ParameterShape;
import org.sgsars.model.PolicyChoice;
import org.sgsars.model.RunPlan;
import org.sgsars.model.ScenarioPlan;
import org.sgsars.model.Sweep;

/** report.json; docs/REPORT.md explains every key. */
final class JsonReport {
  private static final int VERSION = 1;

  /** The JDK's own way of writing doubles changed in version 19; this one is the same on all. */
  private static final JsonFactory FACTORY =
      JsonFactory.builder().enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER).build();

  private final JsonGenerator json;
  private final RunPlan.IterationTime time;

  private JsonReport(JsonGenerator json, RunPlan.IterationTime time) {
    this.json = json;
    this.time = time;
  }

  static void write(LifetimeReport report, OutputStream out) throws IOException {
    DefaultPrettyPrinter printer = new DefaultPrettyPrinter();
    printer.indentObjectsWith(new DefaultIndenter("  ", "\n"));
    try (JsonGenerator json =
        FACTORY.createGenerator(out).disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)) {
      json.setPrettyPrinter(printer);
      new JsonReport(json, report.plan().time()).report(report);
      json.writeRaw('\n');
    }
  }

  private void report(LifetimeReport report) throws IOException {
    RunPlan plan = report.plan();
    json.writeStartObject();
    json.writeStringField("format", "sgs-ars-report");
    json.writeNumberField("version", VERSION);
    json.writeStringField("run", plan.run());
    json.writeStringField("name", plan.name());
    json.writeStringField("createdAt", Instant.ofEpochMilli(plan.createdAtMs()).toString());
    json.writeStringField("finishedAt", Instant.ofEpochMilli(report.finishedAtMs()).toString());
    experiment(plan);
    json.writeNumberField("iterations", report.iterations());
    json.writeNumberField("plannedIterations", plan.iterations());
    json.writeBooleanField("complete", report.complete());
    texts("warnings", report.warnings());
    texts("notices", report.notices());
    json.writeArrayFieldStart("scenarios");
    for (int i = 0; i < report.scenarios().size(); i++) {
      scenario(plan, i, report.scenarios().get(i));
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private void texts(String key, List<String> texts) throws IOException {
    json.writeArrayFieldStart(key);
    for (String text : texts) {
      json.writeString(text);
    }
    json.writeEndArray();
  }

  private void experiment(RunPlan plan) throws IOException {
    OptimizerSettings optimizer = plan.optimizer();
    json.writeObjectFieldStart("experiment");
    json.writeStringField("name", plan.name());
    json.writeNumberField("seed", plan.seed());
    json.writeStringField("source", plan.source());
    json.writeObjectFieldStart("optimizer");
    json.writeNumberField("momentum", optimizer.momentum().factor());
    json.writeNumberField("learningRate", optimizer.learningRate());
    json.writeNumberField("weightDecay", optimizer.weightDecay());
    if (optimizer.momentum().dampening() != 0) {
      json.writeNumberField("dampening", optimizer.momentum().dampening());
    }
    if (optimizer.momentum().nesterov()) {
      json.writeBooleanField("nesterov", true);
    }
    if (!optimizer.steps().isEmpty()) {
      json.writeArrayFieldStart("learningRateSteps");
      for (LearningRateStep step : optimizer.steps()) {
        json.writeStartObject();
        json.writeNumberField("from", step.fromIteration());
        json.writeNumberField("learningRate", step.learningRate());
        json.writeEndObject();
      }
      json.writeEndArray();
    }
    json.writeEndObject();
    json.writeStringField("wire", plan.gradientFormat().key());
    json.writeStringField("text", plan.experiment());
    json.writeEndObject();
  }

  private void scenario(RunPlan plan, int index, ScenarioLifetime scenario) throws IOException {
    json.writeStartObject();
    json.writeStringField("name", scenario.name());
    Optional<Sweep> sweep = plan.sweepOf(index);
    if (sweep.isPresent()) {
      sweep(sweep.get(), index);
    }
    policy("sparsifier", plan.sparsifierOf(plan.scenarios().get(index)));
    levellers(plan.scenarios().get(index).levellers());
    json.writeNumberField("crossbarSize", scenario.crossbarSize());
    json.writeNumberField("spareRows", scenario.spareRows());
    number("stateBitsPerRow", scenario.stateBitsPerRow());
    json.writeNumberField("maxCellWrites", scenario.maxCellWrites());
    json.writeNumberField("meanCellWrites", scenario.meanCellWrites());
    number("lifetimeExtension", scenario.lifetimeExtension());
    number("bound", scenario.bound());
    number("efficiency", scenario.efficiency());
    number("leastLayerEfficiency", scenario.leastLayerEfficiency());
    number("overhead", scenario.overhead());
    retirement(scenario.retirement());
    if (plan.trains(index)) {
      accuracy(scenario.accuracy());
    }
    Optional<PolicyChoice> device = plan.scenarios().get(index).device();
    if (device.isPresent() && scenario.onDevice().isPresent()) {
      policy("device", device.get());
      onDevice(scenario.onDevice().get());
    }
    json.writeArrayFieldStart("layers");
    for (int i = 0; i < scenario.layers().size(); i++) {
      layer(scenario.layers().get(i), plan.scenarios().get(index), i);
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private void sweep(Sweep sweep, int scenario) throws IOException {
    json.writeObjectFieldStart("sweep");
    json.writeStringField("name", sweep.name());
    json.writeObjectFieldStart("values");
    List<Object> values = sweep.valuesOf(scenario);
    for (int i = 0; i < values.size(); i++) {
      json.writeFieldName(sweep.ranges().get(i).setting());
      json.writePOJO(values.get(i));
    }
    json.writeEndObject();
    json.writeEndObject();
  }

  private void accuracy(List<AccuracyPoint> tests) throws IOException {
    json.writeArrayFieldStart("accuracy");
    for (AccuracyPoint test : tests) {
      json.writeStartObject();
      json.writeNumberField("iterations", test.iterations());
      json.writeNumberField("images", test.images());
      json.writeNumberField("correct", test.correct());
      json.writeNumberField("accuracy", test.share());
      number(
          "loss",
          Double.isFinite(test.loss()) ? OptionalDouble.of(test.loss()) : OptionalDouble.empty());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void retirement(Optional<Retirement> costs) throws IOException {
    if (costs.isPresent()) {
      json.writeObjectFieldStart("retirement");
      json.writeNumberField("verifyReads", costs.get().reads().verify());
      json.writeObjectFieldStart("readPasses");
      json.writeNumberField("atEnd", costs.get().reads().passesAtEnd());
      json.writeNumberField("mean", costs.get().reads().meanPasses());
      json.writeNumberField("most", costs.get().reads().mostPasses());
      json.writeEndObject();
      json.writeNumberField("retiredRows", costs.get().rows().retired());
      json.writeNumberField("spareRows", costs.get().rows().spare());
      json.writeNumberField("spareRowsUsed", costs.get().rows().spareUsed());
      json.writeEndObject();
    }
  }

  private void onDevice(DeviceLifetime lifetime) throws IOException {
    json.writeNumberField("cells", lifetime.cells());
    json.writeNumberField("stuckCells", lifetime.stuckCells());
    json.writeNumberField("failedCells", lifetime.failedCells());
    json.writeNumberField("lostWeights", lifetime.lostWeights());
    firstLoss(lifetime.firstLoss());
    json.writeArrayFieldStart("lifetime");
    for (FailureTime failure : lifetime.failures()) {
      json.writeStartObject();
      json.writeNumberField("failedShare", failure.share());
      json.writeNumberField("failedCells", failure.cells());
      json.writeBooleanField("projected", failure.projected());
      number("iterations", failure.iterations());
      number("low", failure.low());
      number("high", failure.high());
      number("epochs", time.epochs(failure.iterations()));
      number("days", time.days(failure.iterations()));
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeObjectFieldStart("writeSeconds");
    number("updates", lifetime.updates().seconds());
    number("levelling", lifetime.levelling().seconds());
    json.writeEndObject();
    json.writeObjectFieldStart("writeJoules");
    number("updates", lifetime.updates().joules());
    number("levelling", lifetime.levelling().joules());
    json.writeEndObject();
    json.writeNumberField("lostWrites", lifetime.lostWrites());
  }

  private void firstLoss(Optional<FirstLoss> loss) throws IOException {
    if (loss.isEmpty()) {
      json.writeNullField("firstLoss");
      return;
    }
    json.writeObjectFieldStart("firstLoss");
    json.writeNumberField("iterations", loss.get().iterations());
    json.writeBooleanField("projected", loss.get().projected());
    number("low", loss.get().lowIfKnown());
    number("high", loss.get().highIfKnown());
    OptionalDouble iterations = OptionalDouble.of(loss.get().iterations());
    number("epochs", time.epochs(iterations));
    number("days", time.days(iterations));
    number("bound", loss.get().bound());
    number("efficiency", loss.get().efficiency());
    json.writeEndObject();
  }

  private void levellers(List<PolicyChoice> levellers) throws IOException {
    if (levellers.size() == 1) {
      policy("leveller", levellers.get(0));
      return;
    }
    json.writeArrayFieldStart("leveller");
    for (PolicyChoice leveller : levellers) {
      policy(leveller);
    }
    json.writeEndArray();
  }

  private void policy(String key, PolicyChoice choice) throws IOException {
    json.writeFieldName(key);
    policy(choice);
  }

  private void policy(PolicyChoice choice) throws IOException {
    json.writeStartObject();
    json.writeStringField("kind", choice.kind());
    for (Map.Entry<String, ?> setting : choice.settings().entrySet()) {
      json.writeFieldName(setting.getKey());
      json.writePOJO(setting.getValue());
    }
    json.writeEndObject();
  }

  private void number(String key, OptionalDouble value) throws IOException {
    if (value.isPresent()) {
      json.writeNumberField(key, value.getAsDouble());
    } else {
      json.writeNullField(key);
    }
  }

  private void layer(LayerLifetime layer, ScenarioPlan scenario, int index) throws IOException {
    json.writeStartObject();
    json.writeStringField("name", layer.shape().name());
    json.writeArrayFieldStart("parameters");
    for (ParameterShape parameter : layer.shape().parameters()) {
      json.writeString(parameter.name());
    }
    json.writeEndArray();
    json.writeStringField("kind", layer.shape().map().kind());
    json.writeStringField("axes", layer.shape().map().axesText());
    json.writeNumberField("groups", layer.shape().map().groups());
    json.writeNumberField("logicalRows", layer.shape().rows());
    if (layer.isDigital()) {
      json.writeStringField("on", "digital");
      json.writeEndObject();
      return;
    }
    if (scenario.exceptions().of(index).isPresent()) {
      ScenarioPlan own = scenario.forLayer(index);
      levellers(own.levellers());
      json.writeNumberField("crossbarSize", own.crossbarSize());
      json.writeNumberField("spareRows", own.spareRows());
      if (own.device().isPresent()) {
        policy("device", own.device().get());
      }
    }
    json.writeNumberField("physicalRows", layer.physicalRows());
    if (scenario.retiresIn(index)) {
      json.writeNumberField(
          "columnBlocks", scenario.forLayer(index).array(layer.shape()).columnBlocks());
      json.writeNumberField("borrowedRows", scenario.borrowedRows(index));
    }
    json.writeNumberField("columns", layer.shape().columns());
    json.writeNumberField("iterations", layer.iterations());
    json.writeNumberField("maxCellWrites", layer.maxCellWrites());
    json.writeNumberField("meanCellWrites", layer.meanCellWrites());
    number("lifetimeExtension", layer.lifetimeExtension());
    number("bound", layer.bound());
    number("efficiency", layer.efficiency());
    retirement(layer.retirement());
    if (layer.onDevice().isPresent()) {
      onDevice(layer.onDevice().get());
      json.writeFieldName("rowFailures");
      json.writeArray(layer.rowFailures(), 0, layer.rowFailures().length);
    }
    json.writeFieldName("rowWrites");
    json.writeArray(layer.rowWrites(), 0, layer.rowWrites().length);
    long[][] cells = layer.cellWrites();
    if (cells != null) {
      json.writeArrayFieldStart("cellWrites");
      for (long[] row : cells) {
        json.writeArray(row, 0, row.length);
      }
      json.writeEndArray();
    }
    json.writeFieldName("logicalToPhysical");
    json.writeArray(layer.logicalToPhysical(), 0, layer.logicalToPhysical().length);
    if (layer.selectedRows().isPresent()) {
      selections(layer.selectedRows().get());
    }
    json.writeEndObject();
  }

  private void selections(List<int[]> selections) throws IOException {
    boolean single = selections.stream().allMatch(rows -> rows.length == 1);
    json.writeArrayFieldStart("selectedRows");
    for (int[] rows : selections) {
      if (single) {
        json.writeNumber(rows[0]);
      } else {
        json.writeArray(rows, 0, rows.length);
      }
    }
    json.writeEndArray();
  }
}
