package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sgsars.failure.ServiceException;
import org.sgsars.log.TimeSource;
import org.sgsars.service.PipelineService;
import org.sgsars.service.ServiceStatus;

/** What services that stop leave behind. */
final class LocalServicesTest {
  private static final String NO_ROOM = "snapshots: No space left on device";

  @TempDir private Path folder = Path.of("");

  private final PipelineRun.Options passing = PipelineRun.Options.embedded(1, 1);

  /** Works until it is stopped, and fails then: it cannot save what it has. */
  private static final class WithoutRoom implements PipelineService {
    private final ServiceStatus status =
        new ServiceStatus("sgs-service", List::of, TimeSource.SYSTEM);
    private final CountDownLatch stopped = new CountDownLatch(1);

    @Override
    public ServiceStatus status() {
      return status;
    }

    @Override
    public void run() {
      try {
        stopped.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      throw new ServiceException(NO_ROOM);
    }

    @Override
    public void close() {
      stopped.countDown();
    }
  }

  private static LocalServices stopped(PipelineRun.Options options) {
    LocalServices local = new LocalServices(options, () -> {});
    try (local) {
      local.start(new WithoutRoom());
      assertThat(local.failure()).isEmpty();
    }
    return local;
  }

  @Test
  void requireSaved_keptServiceThatCannotSaveAtTheEnd_saysWhy() {
    LocalServices local = stopped(passing.keptIn(folder.resolve("kept")));

    assertThatThrownBy(local::requireSaved)
        .isInstanceOf(ServiceException.class)
        .hasMessage("Not all was saved at the end, and the snapshots before count: " + NO_ROOM);
  }

  @Test
  void requireSaved_nothingIsKept_isNoMatter() {
    assertThatCode(stopped(passing)::requireSaved).doesNotThrowAnyException();
  }
}
