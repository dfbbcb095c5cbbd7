package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.kafka.common.errors.KafkaStorageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Why a broker gives up, as it tells nobody but its log. */
final class BrokerFaultsTest {
  private static final Path FOLDER = Path.of("/data/broker");
  private static final Logger OF_A_BROKER =
      LoggerFactory.getLogger("org.apache.kafka.storage.internals.log.LogDirFailureChannel");
  private static final Logger OF_A_CLIENT =
      LoggerFactory.getLogger("org.apache.kafka.clients.NetworkClient");

  private final BrokerFaults faults = BrokerFaults.watch();

  private String reason() {
    return faults.reason(FOLDER, Optional.empty());
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "No space left on device|make room",
        "Disk quota exceeded|make room",
        "Too many open files|ulimit -n",
      })
  void reason_whatTheLogSays_hasItsOwnWayOut(String said, String wayOut) {
    OF_A_BROKER.error("Error while appending to runs-0", new IOException(said));

    assertThat(reason())
        .startsWith("The broker in this process gave up: " + said + " (")
        .contains("its folder is /data/broker", wayOut);
  }

  @Test
  void reason_tooManyFiles_doesNotSpeakOfTheDisk() {
    OF_A_BROKER.error("Error while rolling", new IOException("Too many open files"));

    assertThat(reason()).doesNotContain("room", "full").contains("the limit is ");
  }

  @Test
  void reason_anotherCause_isSaidWithoutAGuess() {
    OF_A_BROKER.error("Error while flushing", new IOException("Input/output error"));

    assertThat(reason())
        .isEqualTo(
            "The broker in this process gave up: Input/output error (its folder is /data/broker)");
  }

  @Test
  void reason_whatFollowsFromAFile_isNotTheReason() {
    OF_A_BROKER.error("Error", new KafkaStorageException(new IOException("Read-only file system")));
    OF_A_BROKER.error("Error", new KafkaStorageException("The log dir is offline"));

    assertThat(reason()).contains("Read-only file system").doesNotContain("offline");
  }

  @Test
  void reason_nothingKnown_guessesInWordsThatSaySo() {
    OF_A_CLIENT.error("Connection", new IOException("Connection reset"));

    assertThat(reason()).contains("does not say why; perhaps").doesNotContain("Connection reset");
  }

  @Test
  void reason_message_isKept() {
    assertThat(faults.reason(FOLDER, Optional.of("told to"))).contains("gave up: told to; perhaps");
  }

  /** A broker that can take no connection goes on, and its clients wait. */
  @Test
  void lack_filesOrRoom_isKnownOfTheLastBrokerOnly() {
    OF_A_BROKER.error("Error while accepting connection", new IOException("Too many open files"));

    assertThat(BrokerFaults.current()).containsSame(faults);
    assertThat(faults.lack().orElseThrow())
        .startsWith("Too many open files (the limit is ")
        .contains("ulimit -n");
    assertThat(BrokerFaults.watch().lack()).isEmpty();
  }

  @Test
  void lack_somethingElse_isNone() {
    OF_A_BROKER.error("Error while processing", new IOException("Connection reset by peer"));

    assertThat(faults.lack()).isEmpty();
  }
}
