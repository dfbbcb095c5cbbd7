package org.sgsars.contract.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.sgsars.mapping.MappedNetwork;
import org.sgsars.model.GradientFormat;
import org.sgsars.model.LayerExceptions;
import org.sgsars.model.LayerLoans;
import org.sgsars.model.LayerMap;
import org.sgsars.model.LayerSettings;
import org.sgsars.model.LayerShape;
import org.sgsars.model.LearningRateStep;
import org.sgsars.model.Momentum;
import org.sgsars.model.OptimizerSettings;
import org.sgsars.model.ParameterShape;
import org.sgsars.model.PolicyChoice;
import org.sgsars.model.RunPlan;
import org.sgsars.model.RunPlanBuilder;
import org.sgsars.model.ScenarioPlan;
import org.sgsars.model.Sweep;
import org.sgsars.model.TrainingPlan;
import org.sgsars.wire.Accuracy;
import org.sgsars.wire.CellFailures;
import org.sgsars.wire.DeadLetter;
import org.sgsars.wire.Extent;
import org.sgsars.wire.Gradients;
import org.sgsars.wire.RowWear;
import org.sgsars.wire.RowWrites;
import org.sgsars.wire.RunAborted;
import org.sgsars.wire.RunManifest;
import org.sgsars.wire.RunRetired;
import org.sgsars.wire.Scenario;
import org.sgsars.wire.SnapshotBegin;
import org.sgsars.wire.SnapshotChunk;
import org.sgsars.wire.SnapshotEnd;
import org.sgsars.wire.StateLost;
import org.sgsars.wire.StuckAt;
import org.sgsars.wire.SweptSetting;
import org.sgsars.wire.TileArrival;
import org.sgsars.wire.TileWear;
import org.sgsars.wire.Updates;
import org.sgsars.wire.Wear;
import org.sgsars.wire.Weights;

/**
 * The bytes of every record. The golden files change only with the wire; {@code
 * -Dgolden.write=true} writes them anew.
 */
final class WireFormatTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden");
  private static final RunPlan PLAN =
      new RunPlanBuilder("run-1", 100)
          .origin(
              new RunPlan.Origin(
                  "name",
                  1_700_000_000_000L,
                  "source",
                  "name: name\n",
                  List.of("a layer was left out")))
          .seed(7)
          .optimizer(
              new OptimizerSettings(
                  new Momentum(0.9f), 0.05f, 0, List.of(new LearningRateStep(50, 0.005f))))
          .format(GradientFormat.BF16)
          .time(new RunPlan.IterationTime(OptionalLong.of(5), OptionalDouble.of(0.25)))
          .training(new TrainingPlan(List.of(0), 50))
          .layers(
              MappedNetwork.layersOf(
                  List.of(
                      new ParameterShape("fc.weight", List.of(2, 3)),
                      new ParameterShape("fc.bias", List.of(2)))))
          .sparsifiers(
              new PolicyChoice("dense", Map.of()),
              new PolicyChoice("sgs", Map.of("score", "max", "rows", 1L)))
          .scenarios(
              new ScenarioPlan(
                      "one",
                      1,
                      List.of(new PolicyChoice("ars", Map.of("percent", 2.5, "flag", true))),
                      128)
                  .on(new PolicyChoice("constant", Map.of("writes", 1e6)))
                  .withLeastIterations(List.of(32L)))
          .sweeps(
              new Sweep(
                  "one",
                  0,
                  List.of(
                      new Sweep.Range("leveller.percent", List.of(2.5)),
                      new Sweep.Range("leveller.flag", List.of(true)))))
          .reports(10, true)
          .build();

  static Stream<Arguments> records() {
    ByteBuffer values = ByteBuffer.wrap(new byte[] {0, 0, -128, 63, 0, 0, 0, 64});
    return Stream.of(
        Arguments.of("RunManifest", WireFormat.RUN_MANIFEST, WireModel.toWire(PLAN)),
        Arguments.of("RunAborted", WireFormat.RUN_ABORTED, new RunAborted("run-1", "why")),
        Arguments.of(
            "StateLost", WireFormat.STATE_LOST, new StateLost("run-1~1", "sgs-service", "why")),
        Arguments.of("RunRetired", WireFormat.RUN_RETIRED, new RunRetired("run-1")),
        Arguments.of(
            "Gradients",
            WireFormat.GRADIENTS,
            new Gradients("run-1", 0, 5L, 0, 1, 0, 2, values, ByteBuffer.allocate(0), 1)),
        Arguments.of(
            "Updates",
            WireFormat.UPDATES,
            new Updates("run-1", 1, 0, 5L, Extent.CELLS, List.of(1, 1), List.of(0, 3), values)),
        Arguments.of(
            "RowWrites",
            WireFormat.ROW_WRITES,
            new RowWrites(
                "run-1",
                0,
                0,
                5L,
                1,
                2,
                Extent.ROWS,
                List.of(1),
                List.of(4),
                List.of(),
                List.of(4, 0),
                List.of(0, 1),
                List.of(4, 0),
                List.of(new TileArrival(1, 7, 64, 8, List.of(5L, 6L))),
                values)),
        Arguments.of(
            "RowWear", WireFormat.ROW_WEAR, new RowWear("run-1", 0, 0, 128L, List.of(3L, 4L))),
        Arguments.of(
            "TileWear",
            WireFormat.TILE_WEAR,
            new TileWear(
                "run-1", 0, 0, 8192L, 1, 7, 8, 2, 4000L, List.of(1L, 2L, 3L), List.of(0, 2), 3)),
        Arguments.of(
            "Wear",
            WireFormat.WEAR,
            new Wear(
                "run-1",
                0,
                0,
                10L,
                0,
                1,
                0,
                List.of(3L, 4L),
                List.of(1L, 2L, 3L, 4L),
                List.of(1, 0),
                4L,
                9L,
                1L,
                7L,
                2L,
                1L,
                List.of(8L),
                List.of(2L),
                List.of(8L),
                List.of(1L),
                List.of(0, 2),
                List.of(List.of(1), List.of(0, 1)))),
        Arguments.of(
            "CellFailures",
            WireFormat.CELL_FAILURES,
            new CellFailures(
                "run-1",
                0,
                0,
                8L,
                0,
                false,
                List.of(1, 1),
                List.of(0, 3),
                List.of(StuckAt.VALUE, StuckAt.LOW_RESISTANCE))),
        Arguments.of(
            "Weights",
            WireFormat.WEIGHTS,
            new Weights("run-1", 0, 0, 8L, Extent.CELLS, List.of(1, 1), List.of(0, 3), values)),
        Arguments.of("Accuracy", WireFormat.ACCURACY, new Accuracy("run-1", 0, 100L, 50, 43, 0.5)),
        Arguments.of(
            "SnapshotBegin",
            WireFormat.SNAPSHOT_BEGIN,
            new SnapshotBegin("gradients-AAAAAAAAAAAAAAAAAAAAAQ-3", 99L, 6)),
        Arguments.of("SnapshotChunk", WireFormat.SNAPSHOT_CHUNK, new SnapshotChunk(12L, 0, values)),
        Arguments.of(
            "SnapshotEnd",
            WireFormat.SNAPSHOT_END,
            new SnapshotEnd("gradients-AAAAAAAAAAAAAAAAAAAAAQ-3", 99L, 12L, 1, 8L, 4129L, 70L)),
        Arguments.of(
            "DeadLetter",
            WireFormat.DEAD_LETTER,
            new DeadLetter(
                "run-1",
                "fc",
                "sgs-service",
                "gradients",
                3,
                99L,
                "reason",
                true,
                98L,
                List.of(1))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("records")
  <T extends SpecificRecord> void encode_record_isTheGoldenFile(
      String name, WireFormat<T> format, T record) throws Exception {
    Path file = GOLDEN.resolve(name + ".hex");
    String hex = HexFormat.of().formatHex(format.encode(record)) + "\n";
    if (Boolean.getBoolean("golden.write")) {
      Files.writeString(file, hex);
    }

    assertThat(hex).isEqualTo(Files.readString(file));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("records")
  <T extends SpecificRecord> void decode_encoded_isTheRecord(
      String name, WireFormat<T> format, T record) throws Exception {
    // A manifest's settings come back in no order; fromWire_manifest_isThePlan compares those.
    assertThat(format.decode(format.encode(record)).get(0)).isEqualTo(record.get(0));
    if (!name.equals("RunManifest")) {
      assertThat(format.encode(format.decode(format.encode(record))))
          .isEqualTo(format.encode(record));
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("records")
  <T extends SpecificRecord> void decode_corrupted_saysSoOrGivesARecord(
      String name, WireFormat<T> format, T record) {
    SplittableRandom random = new SplittableRandom(name.hashCode());
    for (int i = 0; i < 500; i++) {
      byte[] bytes = format.encode(record);
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      byte[] cut = java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
      try {
        format.decode(cut);
      } catch (WireException e) {
        assertThat(e).message().isNotBlank();
      }
    }
  }

  @Test
  void decode_anotherRecord_saysWhatItIsNot() {
    byte[] updates = WireFormat.RUN_ABORTED.encode(new RunAborted("run-1", "why"));

    assertThatThrownBy(() -> WireFormat.WEAR.decode(updates))
        .isInstanceOf(UnknownSchemaException.class)
        .hasMessage(
            "not a Wear that this version knows: its schema's fingerprint is 295ea92a3c267876");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("records")
  <T extends SpecificRecord> void documents_firstBytes_areThoseOfTheGoldenFile(
      String name, WireFormat<T> format, T record) throws Exception {
    String golden = Files.readString(GOLDEN.resolve(name + ".hex")).substring(0, 20);

    assertThat(Files.readString(Path.of("../docs/SWAPPING.md")))
        .containsPattern("\\| %s \\| `[a-zA-Z-]+` \\| `%s` \\|".formatted(name, golden));
  }

  /** What release 0.1.0 wrote; these files never change. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("records")
  <T extends SpecificRecord> void decode_goldenFileOf010_isTheRecord(
      String name, WireFormat<T> format, T record) throws Exception {
    Path file = GOLDEN.resolve("0.1.0").resolve(name + ".hex");
    Assumptions.assumeTrue(Files.exists(file), "0.1.0 had no such record");
    byte[] bytes = HexFormat.of().parseHex(Files.readString(file).strip());

    T decoded = format.decode(bytes);

    assertThat(format.recognises(bytes)).isTrue();
    assertThat(decoded.get(0)).isEqualTo(record.get(0));
    assertThat(format.decode(format.encode(decoded))).isEqualTo(decoded);
  }

  @Test
  void decode_tileWearOf010_hasTheDefaultsOfWhatCameLater() throws Exception {
    byte[] bytes =
        HexFormat.of().parseHex(Files.readString(GOLDEN.resolve("0.1.0/TileWear.hex")).strip());

    TileWear wear = WireFormat.TILE_WEAR.decode(bytes);

    assertThat(wear.getWear()).containsExactly(1L, 2L, 3L);
    assertThat(wear.getFailed()).isEmpty();
    assertThat(wear.getWorkingSpareRows()).isZero();
  }

  /** So that its services, which know no newer schema, go on while they are replaced. */
  @Test
  void encode_tileWearThat010CanHold_isAs010WroteIt() throws Exception {
    String golden = Files.readString(GOLDEN.resolve("0.1.0/TileWear.hex")).strip();
    TileWear wear = WireFormat.TILE_WEAR.decode(HexFormat.of().parseHex(golden));

    byte[] bytes = WireFormat.TILE_WEAR.encode(wear);

    assertThat(HexFormat.of().formatHex(bytes)).isEqualTo(golden);
  }

  @Test
  void encode_tileWearThat010CannotHold_hasAllOfIt() throws Exception {
    byte[] golden =
        HexFormat.of().parseHex(Files.readString(GOLDEN.resolve("0.1.0/TileWear.hex")).strip());
    TileWear wear =
        TileWear.newBuilder(WireFormat.TILE_WEAR.decode(golden)).setWorkingSpareRows(1).build();

    byte[] bytes = WireFormat.TILE_WEAR.encode(wear);

    assertThat(HexFormat.of().formatHex(bytes)).startsWith("c301843c0bf75d558094");
    assertThat(WireFormat.TILE_WEAR.decode(bytes)).isEqualTo(wear);
  }

  @Test
  void decode_recordOf010ThatIsCutOff_saysSo() throws Exception {
    byte[] bytes =
        HexFormat.of().parseHex(Files.readString(GOLDEN.resolve("0.1.0/TileWear.hex")).strip());

    assertThatThrownBy(
            () -> WireFormat.TILE_WEAR.decode(java.util.Arrays.copyOf(bytes, bytes.length - 1)))
        .isInstanceOf(WireException.class)
        .hasMessage(
            "not a whole TileWear: %d bytes that end early or break its schema"
                .formatted(bytes.length - 1));
  }

  @Test
  void fromWire_layersWithMapsAndSettingsOfTheirOwn_areThePlans() throws Exception {
    LayerShape grouped =
        LayerShape.of(
            "dw",
            new ParameterShape("dw.weight", List.of(4, 1, 3)),
            Optional.of(new ParameterShape("dw.bias", List.of(4))),
            LayerMap.outIn("Conv1d", 3).inGroups(4));
    LayerShape shared =
        LayerShape.of(
            "attn.k_proj",
            new ParameterShape("attn.k_proj_weight", List.of(2, 3)),
            Optional.of(new ParameterShape("attn.in_proj_bias", List.of(6))),
            LayerMap.outIn("MultiheadAttention", 2).biasFrom(2));
    LayerShape sizes = new LayerShape("noise", 5, 7);
    PolicyChoice none = new PolicyChoice("none", Map.of());
    LayerExceptions exceptions =
        new LayerExceptions(
            List.of(
                new LayerSettings(
                    "dw", false, List.of(none), List.of(3L), true, 64, 2, Optional.of(none)),
                new LayerSettings(
                    "attn*", true, List.of(none), List.of(), false, 128, 0, Optional.empty())),
            List.of(0, 1, -1),
            new LayerLoans(List.of(0, 0, 5), List.of(1, 1, 2)));
    RunPlan plan =
        new RunPlanBuilder("r", 8)
            .layers(grouped, shared, sizes)
            .optimizer(new OptimizerSettings(new Momentum(0.5f, 0, true), 1, 0, List.of()))
            .sparsifiers(new PolicyChoice("dense", Map.of()))
            .scenarios(new ScenarioPlan("s", 0, List.of(none), 128).with(exceptions))
            .build();

    byte[] bytes = WireFormat.RUN_MANIFEST.encode(WireModel.toWire(plan));

    assertThat(WireModel.fromWire(WireFormat.RUN_MANIFEST.decode(bytes))).isEqualTo(plan);
  }

  @Test
  void fromWire_loansOfAnotherNumberOfLayers_areRefused() {
    assertThatThrownBy(() -> WireModel.fromWire(lending(List.of(1, 2), List.of(1, 1))))
        .isInstanceOf(WireException.class)
        .hasMessage(
            "unusable manifest: scenario one: layers borrow [1, 2] rows; allowed: 0 to 65536 each, of all 1 layers or of none");
    assertThatThrownBy(() -> WireModel.fromWire(lending(List.of(1), List.of(0))))
        .isInstanceOf(WireException.class)
        .hasMessage(
            "unusable manifest: layers borrow [1] rows and keep [0] blocks of columns; allowed: at least 0 and 1, of all layers or of none");
  }

  private static RunManifest lending(List<Integer> borrowedRows, List<Integer> columnBlocks) {
    RunManifest manifest = WireModel.toWire(PLAN);
    return RunManifest.newBuilder(manifest)
        .setScenarios(
            List.of(
                Scenario.newBuilder(manifest.getScenarios().get(0))
                    .setBorrowedRows(borrowedRows)
                    .setColumnBlocks(columnBlocks)
                    .build()))
        .build();
  }

  @Test
  void fromWire_sweepOfScenariosThatThereAreNot_isRefused() {
    RunManifest wrong =
        RunManifest.newBuilder(WireModel.toWire(PLAN))
            .setSweeps(
                List.of(
                    new org.sgsars.wire.Sweep(
                        "ars",
                        0,
                        List.of(new SweptSetting("leveller.percent", List.of(2.5, "3"))))))
            .build();

    assertThatThrownBy(() -> WireModel.fromWire(wrong))
        .isInstanceOf(WireException.class)
        .hasMessage("unusable manifest: sweep ars has scenarios 0 to 1; allowed: 0 to 0");
  }

  /** Another program may leave out which layers its settings are of. */
  @Test
  void fromWire_settingsOfNoLayers_areOfNone() throws Exception {
    LayerSettings settings =
        new LayerSettings("fc*", false, List.of(), List.of(), false, 64, 0, Optional.empty());
    ScenarioPlan scenario = PLAN.scenarios().get(0);
    RunPlan plan =
        PLAN.with(
            PLAN.sparsifiers(),
            List.of(scenario.with(new LayerExceptions(List.of(settings), List.of()))));

    assertThat(WireModel.fromWire(WireModel.toWire(plan))).isEqualTo(plan);
  }

  @Test
  void fromWire_manifest_isThePlan() throws Exception {
    byte[] bytes = WireFormat.RUN_MANIFEST.encode(WireModel.toWire(PLAN));

    assertThat(WireModel.fromWire(WireFormat.RUN_MANIFEST.decode(bytes))).isEqualTo(PLAN);
  }

  /** What no program of ours sends. It may be a record or a wire exception, and costs no memory. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("records")
  <T extends SpecificRecord> void decode_spoiledBytes_refusedOrRead_inMemoryOfTheirSize(
      String name, WireFormat<T> format, T record) throws Exception {
    byte[] whole = format.encode(record);
    SplittableRandom random = new SplittableRandom(name.hashCode());
    format.decode(whole);
    var memory = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long thread = Thread.currentThread().getId();
    int refused = 0;
    for (int i = 0; i < 2000; i++) {
      byte[] spoiled = spoil(whole, random);
      long before = memory.getThreadAllocatedBytes(thread);
      try {
        format.decode(spoiled);
      } catch (WireException e) {
        refused++;
        assertThat(e.getMessage()).contains(name);
      }
      assertThat(memory.getThreadAllocatedBytes(thread) - before)
          .as(HexFormat.of().formatHex(spoiled))
          .isLessThan(100_000L + 100L * spoiled.length);
    }
    assertThat(refused).isPositive();
  }

  /** Behind the header: a byte changed, bytes left out or added, or a huge number put in. */
  private static byte[] spoil(byte[] whole, SplittableRandom random) {
    int at = WireFormat.HEADER_BYTES + random.nextInt(whole.length - WireFormat.HEADER_BYTES);
    byte[] head = java.util.Arrays.copyOf(whole, at);
    byte[] tail = java.util.Arrays.copyOfRange(whole, at, whole.length);
    byte[] middle =
        switch (random.nextInt(4)) {
          case 0 -> new byte[] {(byte) random.nextInt(256)};
          case 1 -> new byte[0];
          // 2^31 - 1, and a little less than 2^63, as Avro writes numbers.
          case 2 -> HexFormat.of().parseHex("feffffff0f");
          default -> HexFormat.of().parseHex("feffffffffffffffff01");
        };
    int skip = Math.min(tail.length, random.nextInt(3));
    return ByteBuffer.allocate(head.length + middle.length + tail.length - skip)
        .put(head)
        .put(middle)
        .put(tail, skip, tail.length - skip)
        .array();
  }
}
