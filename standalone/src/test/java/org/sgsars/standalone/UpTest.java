package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What up refuses, before it starts a broker. */
final class UpTest {
  @TempDir private Path folder = Path.of("");

  private CommandResult up(String... options) {
    String[] arguments = new String[options.length + 2];
    arguments[0] = "up";
    arguments[1] = "--out=" + folder.resolve("out");
    System.arraycopy(options, 0, arguments, 2, options.length);
    return CommandResult.run(arguments);
  }

  @ParameterizedTest(name = "service={0}")
  @ValueSource(strings = {"gradient-producer", "sgs", ""})
  void without_whatIsNotStarted_saysWhatIs(String service) {
    CommandResult result = up("--without=crossbar-sim," + service + ",sgs-service");

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.out()).isEmpty();
    assertThat(result.err())
        .isEqualTo(
            "--without: '%s' is not allowed; allowed: sgs-service, ars-controller, crossbar-sim, lifetime-analyzer%n"
                .formatted(service));
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({"--port, -1", "--port, 65536", "--page, -1", "--page, 65536"})
  void port_thatThereIsNot_isRefused(String option, String given) {
    CommandResult result = up(option, given);

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err())
        .isEqualTo(
            "%s: %s is not allowed; allowed: a whole number from 0 to 65535%n"
                .formatted(option, given));
  }

  @Test
  void ports_thatAreTheSame_areRefused() {
    CommandResult result = up("--port", "9093", "--page", "9093");

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).isEqualTo("--port and --page are both 9093; choose two ports\n");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"--port, --page", "--page, --port"})
  void port_thatIsTaken_saysSoAndHowToChooseAnother(String option, String other) throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();

      CommandResult result = up(option, Integer.toString(port), other, "0");

      assertThat(result.code()).isEqualTo(1);
      assertThat(result.out()).isEmpty();
      assertThat(result.err())
          .isEqualTo(
              "Port %d of 127.0.0.1 cannot be used: Address already in use; choose another by %s, 0 for one that is free%n"
                  .formatted(port, option));
    }
  }

  @Test
  void folder_thatIsInUse_isRefused() {
    Path kept = folder.resolve("kept");
    try (FolderLock lock = FolderLock.of(kept)) {
      assertThat(lock).isNotNull();

      CommandResult result = up("--port=0", "--page=0", "--folder=" + kept);

      assertThat(result.code()).isEqualTo(1);
      assertThat(result.err())
          .isEqualTo(
              kept + " is in use by another process; stop that one, or choose another folder\n");
    }
  }

  @Test
  void folder_thatIsAFile_isRefused() throws Exception {
    Path file = Files.createFile(folder.resolve("file"));

    CommandResult result = up("--port=0", "--page=0", "--folder=" + file);

    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err()).isEqualTo(file + " cannot be used: there is a file of that name\n");
  }

  @Test
  void out_thatIsAFile_isRefused() throws Exception {
    Path file = Files.createFile(folder.resolve("file"));

    CommandResult result = CommandResult.run("up", "--out", file.toString());

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err())
        .isEqualTo("The report cannot be written to " + file + ": there is a file of that name\n");
  }
}
