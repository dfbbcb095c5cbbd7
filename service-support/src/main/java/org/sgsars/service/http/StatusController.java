package org.sgsars.service.http;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.micronaut.context.annotation.Requires;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sgsars.service.PartitionWorker.LayerProgress;
import org.sgsars.service.PipelineService;
import org.sgsars.service.ServiceStatus;

/** {@code GET /status}: what the service does now. */
@Controller("/status")
@Requires(beans = PipelineService.class)
final class StatusController {
  private final PipelineService service;

  StatusController(PipelineService service) {
    this.service = service;
  }

  /**
   * @param service name of the service
   * @param up whether it works
   * @param failure why it stopped, if it did not stop as asked
   * @param partitions partitions assigned to this instance
   * @param counts of its records
   * @param layers how far each layer of each run is in this instance
   */
  record View(
      String service,
      boolean up,
      @Nullable String failure,
      int partitions,
      @JsonUnwrapped Counts counts,
      List<LayerProgress> layers) {}

  /**
   * @param records records read since the start
   * @param lag records in its partitions that it has not read yet
   * @param deadLetters records since the start that could not be used
   * @param lastRecordAtMs when the last was read, since 1970-01-01 UTC; 0 if none was
   */
  record Counts(long records, long lag, long deadLetters, long lastRecordAtMs) {}

  @Get
  View status() {
    ServiceStatus status = service.status();
    return new View(
        status.service(),
        status.isUp(),
        status.failure().orElse(null),
        status.partitions(),
        new Counts(status.records(), status.lag(), status.deadLetters(), status.lastRecordAtMs()),
        status.progress());
  }
}
