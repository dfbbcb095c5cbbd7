package org.sgsars.producer.kafka;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import org.sgsars.contract.wire.Topics;
import org.sgsars.failure.FailureReason;
import org.sgsars.failure.ServiceException;
import org.sgsars.log.LogAdmin;
import org.sgsars.service.PipelineLog;
import org.sgsars.service.ServiceStatus;
import org.sgsars.service.SteppedService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes what the services have behind them from the topics between them, of all runs, as the
 * producer does of its own: for logs to which other programs send, which may not.
 */
public final class RecordTrimmer extends SteppedService {
  public static final String SERVICE = "record-trimmer";

  private static final Logger LOG = LoggerFactory.getLogger(RecordTrimmer.class);
  private static final long POLL_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final PipelineLog log;
  private final ServiceStatus status;
  private @Nullable LogAdmin admin;
  private @Nullable ConsumerOffsets offsets;
  private long nextCheck;

  public RecordTrimmer(PipelineLog log) {
    super(log.time());
    this.log = log;
    this.status = new ServiceStatus(SERVICE, List::of, log.time());
  }

  @Override
  public ServiceStatus status() {
    return status;
  }

  @Override
  public void open() {
    LogAdmin opened = log.admin();
    admin = opened;
    offsets = ConsumerOffsets.of(opened);
    nextCheck = time().nanos();
    status.up();
  }

  @Override
  public Step step() {
    ConsumerOffsets opened = offsets;
    if (opened == null) {
      throw new IllegalStateException(SERVICE + " is not open");
    }
    if (time().nanos() - nextCheck < 0) {
      return Step.IDLE;
    }
    nextCheck = time().nanos() + POLL_NANOS;
    try {
      trim(opened);
    } catch (InterruptException e) {
      throw new ServiceException("Stopped while waiting for Kafka", e);
    } catch (KafkaException e) {
      if (!ConsumerWait.mayGetBetter(e)) {
        throw new ServiceException(
            "Kafka does not tell how far the services are: " + FailureReason.of(e), e);
      }
      // The next look sees what this one did not.
      LOG.debug("Kafka does not tell how far the services are, and is asked again", e);
    }
    return Step.IDLE;
  }

  private void trim(ConsumerOffsets opened) {
    Topics topics = log.topics();
    List<String> read = List.of(topics.gradients(), topics.updates(), topics.rowWrites());
    Map<TopicPartition, OffsetAndMetadata> commits = new HashMap<>();
    for (int service = 0; service < read.size(); service++) {
      String topic = read.get(service);
      opened
          .commits(log.group(LeadGuard.SERVICES.get(service)))
          .forEach(
              (partition, commit) -> {
                if (partition.topic().equals(topic)) {
                  commits.put(partition, commit);
                }
              });
    }
    ConsumedRecords.delete(opened, commits);
  }

  @Override
  public void finish() {
    // What is left now goes another time.
  }

  @Override
  public void release() {
    if (admin != null) {
      admin.close();
    }
    admin = null;
    offsets = null;
  }
}
