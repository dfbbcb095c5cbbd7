package org.sgsars.ars.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sgsars.contract.wire.Topics;
import org.sgsars.contract.wire.WireFormat;
import org.sgsars.model.LayerShape;
import org.sgsars.model.PolicyChoice;
import org.sgsars.model.RunPlan;
import org.sgsars.model.RunPlanBuilder;
import org.sgsars.model.ScenarioPlan;
import org.sgsars.policy.Policies;
import org.sgsars.service.BadRecordException;
import org.sgsars.service.PartitionWorker;
import org.sgsars.service.RunCatalog;
import org.sgsars.wire.DeadLetter;
import org.sgsars.wire.Extent;
import org.sgsars.wire.RowWrites;
import org.sgsars.wire.TileWear;
import org.sgsars.wire.Updates;

/**
 * Two layers of one crossbar each, whose tiles meet before every second iteration, in two instances
 * that own one layer each.
 */
final class ArsStageTest {
  private static final Topics TOPICS = new Topics("");
  private static final PolicyChoice GIVEN = new PolicyChoice("given", Map.of());
  private static final RunPlan PLAN =
      new RunPlanBuilder("r", 6)
          .layers(new LayerShape("a", 4, 4), new LayerShape("b", 4, 4))
          .sparsifiers(GIVEN)
          .scenarios(
              new ScenarioPlan(
                  "s",
                  0,
                  List.of(
                      new PolicyChoice(
                          "cross-layer",
                          Map.of(
                              "interval",
                              2L,
                              "gap",
                              1L,
                              "relativeGap",
                              0.0,
                              "shareColumns",
                              true))),
                  4))
          .build();

  /** Everything that instances share; each reads all of it. */
  private final List<byte[]> shared = new ArrayList<>();

  private final class Instance {
    final ArsStage stage = new ArsStage(Policies.onClassPath());
    final List<RowWrites> sent = new ArrayList<>();
    PartitionWorker worker = open();
    int read;
    boolean waiting;

    private PartitionWorker open() {
      return stage.open(TOPICS, RunCatalog.of(PLAN));
    }

    void readShared() throws Exception {
      while (read < shared.size()) {
        stage.applyShared(TOPICS, "tile-wear", shared.get(read++));
      }
    }

    /** Whether it was done and does not wait. */
    boolean process(int layer, long iteration, int... rows) throws BadRecordException {
      List<Integer> selected = java.util.Arrays.stream(rows).boxed().toList();
      Updates update =
          new Updates(
              "r", 0, layer, iteration, Extent.ROWS, selected, List.of(), ByteBuffer.allocate(0));
      boolean again = waiting;
      waiting =
          worker
              .process(
                  ByteBuffer.wrap(WireFormat.UPDATES.encode(update)),
                  again,
                  (topic, key, value) -> {
                    try {
                      if (topic.equals("tile-wear")) {
                        shared.add(value);
                      } else {
                        sent.add(WireFormat.ROW_WRITES.decode(value));
                      }
                    } catch (org.sgsars.contract.wire.WireException e) {
                      throw new AssertionError(e);
                    }
                  })
              .isPresent();
      return !waiting;
    }
  }

  private final Instance first = new Instance();
  private final Instance second = new Instance();

  @Test
  void process_tilesMeet_layerWaitsForTheOtherAndBothExchange() throws Exception {
    assertThat(first.process(0, 0, 0, 1, 2, 3)).isTrue();
    assertThat(first.process(0, 1, 0, 1, 2, 3)).isTrue();
    assertThat(first.process(0, 2, 0)).isFalse();
    first.readShared();
    assertThat(first.process(0, 2, 0)).isFalse();

    assertThat(second.process(1, 0)).isTrue();
    assertThat(second.process(1, 1)).isTrue();
    assertThat(second.process(1, 2, 0)).isFalse();
    first.readShared();
    second.readShared();

    // a's cells have two writes each, b's none: a goes there, and with the move's write spares one.
    assertThat(first.process(0, 2, 0)).isTrue();
    assertThat(second.process(1, 2, 0)).isTrue();
    assertThat(first.sent)
        .hasSize(3)
        .last()
        .satisfies(
            writes -> {
              assertThat(writes.getArrivals()).hasSize(1);
              assertThat(writes.getArrivals().get(0).getPhysicalTile()).isEqualTo(1);
              // All four columns count together.
              assertThat(writes.getArrivals().get(0).getWearBefore())
                  .containsExactly(0L, 0L, 0L, 0L);
            });
    assertThat(second.sent)
        .last()
        .satisfies(
            writes ->
                assertThat(writes.getArrivals().get(0).getWearBefore())
                    .containsExactly(2L, 2L, 2L, 2L));
    assertThat(shared).hasSize(2);
  }

  /** What was saved while it waited goes on in another instance, which reads all that is shared. */
  @Test
  void restore_whileWaiting_continuesInAnotherInstance() throws Exception {
    first.process(0, 0, 0, 1, 2, 3);
    first.process(0, 1, 0, 1, 2, 3);
    assertThat(first.process(0, 2, 0)).isFalse();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    first.worker.save(new DataOutputStream(bytes));
    first.worker.close();
    second.process(1, 0);
    second.process(1, 1);
    second.process(1, 2, 0);

    Instance third = new Instance();
    third.worker.restore(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
    third.readShared();
    assertThat(third.process(0, 2, 0)).isTrue();

    assertThat(third.sent.get(0).getArrivals().get(0).getPhysicalTile()).isEqualTo(1);
    assertThat(shared).hasSize(2);
  }

  private void applyTile(
      Instance instance, int layer, long iteration, int tile, int physicalTile, Long... wear)
      throws Exception {
    TileWear record =
        new TileWear(
            "r", 0, layer, iteration, tile, physicalTile, 0, 1, 0L, List.of(wear), List.of(), 0);
    instance.stage.applyShared(TOPICS, "tile-wear", WireFormat.TILE_WEAR.encode(record));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "1 | 3 | 0 | 1 | tile 0 of layer 1 in scenario s of run r: tiles do not meet before iteration 3",
        "1 | 6 | 0 | 1 | tile 0 of layer 1 in scenario s of run r: tiles do not meet before iteration 6",
        "2 | 2 | 0 | 1 | tile 0 of layer 2 in scenario s of run r: the run has no such layer",
        "1 | 2 | 1 | 1 | tile 1 of layer 1 in scenario s of run r: the layer has no such tile",
        "1 | 2 | 0 | 2 | tile 0 of layer 1 in scenario s of run r: physical tile 2 is outside [0, 2)",
        "1 | 2 | 0 | 1 | tile 0 of layer 1 in scenario s of run r: 4 counts, none below 0, were due, and 2 came",
      })
  void applyShared_tileThatDoesNotFitTheRun_isRefusedAndTheLayerGoesOnWaiting(
      int layer, long iteration, int tile, int physicalTile, String problem) throws Exception {
    first.process(0, 0, 0);
    first.process(0, 1, 0);
    first.readShared();

    assertThatThrownBy(() -> applyTile(first, layer, iteration, tile, physicalTile, 1L, 2L))
        .hasMessage(problem);
    assertThat(first.process(0, 2, 0)).isFalse();
  }

  @ParameterizedTest(name = "failed {0}, {1} spare rows")
  @CsvSource(
      delimiter = '|',
      value = {
        "4 | 0 | counts of failed cells have to ascend, from 0 on and below 4",
        "-1 | 0 | counts of failed cells have to ascend, from 0 on and below 4",
        "2 2 | 0 | counts of failed cells have to ascend, from 0 on and below 4",
        "2 | 1 | 1 working spare rows are outside [0, 0]",
      })
  void applyShared_failuresThatDoNotFitTheCrossbar_areRefused(
      String failed, int workingSpareRows, String problem) throws Exception {
    first.process(0, 0, 0);
    first.readShared();
    List<Integer> counts = Stream.of(failed.split(" ")).map(Integer::valueOf).toList();
    byte[] record =
        WireFormat.TILE_WEAR.encode(
            new TileWear(
                "r", 0, 1, 2L, 0, 1, 0, 1, 0L, List.of(1L, 2L, 3L, 4L), counts, workingSpareRows));

    assertThatThrownBy(() -> first.stage.applyShared(TOPICS, "tile-wear", record))
        .hasMessage("tile 0 of layer 1 in scenario s of run r: " + problem);
  }

  @Test
  void process_twoTilesInOneCrossbar_endTheLayerAndSayWhy() throws Exception {
    first.process(0, 0, 0);
    first.process(0, 1, 0);
    first.readShared();
    applyTile(first, 1, 2, 0, 0, 1L, 2L, 3L, 4L);

    BadRecordException bad =
        catchThrowableOfType(BadRecordException.class, () -> first.process(0, 2, 0));

    assertThat(bad)
        .hasMessageContaining("tile 0 of layer 1 came with physical tile 0, where another lies");
  }

  /** A layer that ended behind the round has brought its tiles, or is about to. */
  @Test
  void process_otherLayerEndsPastTheRound_continuesWaitingForItsTiles() throws Exception {
    first.process(0, 0, 0);
    first.process(0, 1, 0);
    DeadLetter letter =
        new DeadLetter("r", "b", "sgs-service", "gradients", 0, 7L, "broken", true, 2L, List.of());
    first.stage.applyShared(TOPICS, "dead-letters", WireFormat.DEAD_LETTER.encode(letter));
    assertThat(first.process(0, 2, 0)).isFalse();

    applyTile(first, 1, 2, 0, 1, 1L, 2L, 3L, 4L);

    first.readShared();
    assertThat(first.process(0, 2, 0)).isTrue();
  }

  @Test
  void process_otherLayerEndsOnItsWay_endsThisOneTooAndSaysWhy() throws Exception {
    first.process(0, 0, 0);
    first.process(0, 1, 0);
    assertThat(first.process(0, 2, 0)).isFalse();
    DeadLetter letter =
        new DeadLetter("r", "b", "sgs-service", "gradients", 0, 7L, "broken", true, 1L, List.of());
    first.stage.applyShared(TOPICS, "dead-letters", WireFormat.DEAD_LETTER.encode(letter));

    BadRecordException bad =
        catchThrowableOfType(BadRecordException.class, () -> first.process(0, 2, 0));

    assertThat(bad)
        .hasMessageContaining(
            "layer b has ended, and all layers of scenario s share their crossbars");
    assertThat(bad.endsLayer()).isTrue();
  }
}
