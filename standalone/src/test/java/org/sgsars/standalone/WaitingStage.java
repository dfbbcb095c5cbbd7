package org.sgsars.standalone;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.sgsars.contract.wire.Topics;
import org.sgsars.service.Output;
import org.sgsars.service.PartitionWorker;
import org.sgsars.service.RunCatalog;
import org.sgsars.service.Stage;

/** Layer 0 waits for a shared record; layer 1 sends it when its own last record comes. */
final class WaitingStage implements Stage {
  private boolean came;

  @Override
  public String service() {
    return "waiting";
  }

  @Override
  public String inputTopic(Topics topics) {
    return topics.gradients();
  }

  @Override
  public List<String> sharedTopics(Topics topics) {
    return List.of(topics.tileWear());
  }

  @Override
  public void applyShared(Topics topics, String topic, byte[] value) {
    came = true;
  }

  @Override
  public PartitionWorker open(Topics topics, RunCatalog runs) {
    return new PartitionWorker() {
      private long done;

      @Override
      public Optional<Waiting> process(ByteBuffer value, boolean again, Output output) {
        if (value.get(value.position()) == 0 && !came) {
          return Optional.of(new Waiting("r", "0"));
        }
        if (value.get(value.position()) == 2) {
          output.send(topics.tileWear(), "r/1", new byte[1]);
        }
        done++;
        return Optional.empty();
      }

      @Override
      public void save(DataOutput out) throws IOException {
        out.writeLong(done);
      }

      @Override
      public void restore(DataInput in) throws IOException {
        done = in.readLong();
      }

      @Override
      public List<LayerProgress> progress() {
        return List.of(new LayerProgress("r", 0, 0, done, "running"));
      }
    };
  }
}
