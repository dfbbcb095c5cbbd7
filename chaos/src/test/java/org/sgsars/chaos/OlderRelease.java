package org.sgsars.chaos;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.sgsars.file.Folders;

/** The jars of an earlier release, built from its commit once and kept with what is built. */
final class OlderRelease {
  private static final List<String> SERVICES =
      Stream.concat(Cluster.STAGES.stream(), Stream.of(Cluster.PRODUCER, Cluster.ANALYZER))
          .toList();

  private static final List<String> BUILD =
      List.of(
          "mvn",
          "-q",
          "-B",
          "package",
          "-pl",
          String.join(",", SERVICES),
          "-am",
          "-Dmaven.test.skip",
          "-Dspotless.check.skip",
          "-Dcheckstyle.skip",
          "-Dcyclonedx.skip");

  /**
   * @param text standard output and errors, together
   */
  private record Ended(int code, String text) {}

  private OlderRelease() {}

  /**
   * A folder like the project's, with the services' jars of then. A test that asks for it is
   * skipped where there is no history to take it from.
   *
   * @param project has the history
   * @param kept where such folders are kept between builds
   * @param commit in full
   */
  static Path folder(Path project, Path kept, String commit) throws Exception {
    Path folder = kept.resolve(commit);
    if (!Files.exists(folder)) {
      Assumptions.assumeTrue(
          has(project, List.of("git", "cat-file", "-e", commit + "^{commit}")),
          "The jars of the release before are built from commit "
              + commit
              + ", which this copy of the project does not have: a shallow clone, or no clone");
      Assumptions.assumeTrue(
          has(project, List.of("mvn", "--version")),
          "The jars of the release before are built by mvn, which is not on the path");
      build(project, kept, commit);
    }
    return folder;
  }

  private static void build(Path project, Path kept, String commit) throws Exception {
    Path whole = kept.resolve("building");
    Path jars = kept.resolve("built");
    deleteIfThere(whole);
    deleteIfThere(jars);
    Files.createDirectories(whole);
    Path sources = whole.resolve("sources.tar");
    orFail(run(project, List.of("git", "archive", "-o", sources.toString(), commit)));
    orFail(run(whole, List.of("tar", "xf", sources.toString())));
    List<String> offline = new ArrayList<>(BUILD);
    offline.add("-o");
    if (run(whole, offline).code() != 0) {
      orFail(run(whole, BUILD));
    }
    for (String service : SERVICES) {
      Path from = whole.resolve(service).resolve("target");
      Path to = Files.createDirectories(jars.resolve(service).resolve("target"));
      Files.move(from.resolve(service + ".jar"), to.resolve(service + ".jar"));
      Files.move(from.resolve("lib"), to.resolve("lib"));
    }
    Files.move(jars, kept.resolve(commit));
    Folders.delete(whole);
  }

  private static void deleteIfThere(Path folder) throws IOException {
    if (Files.exists(folder)) {
      Folders.delete(folder);
    }
  }

  private static void orFail(Ended ended) throws IOException {
    if (ended.code() != 0) {
      throw new IOException("The release before cannot be built:\n" + ended.text());
    }
  }

  private static boolean has(Path folder, List<String> command) throws InterruptedException {
    try {
      return run(folder, command).code() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private static Ended run(Path folder, List<String> command)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ended(process.waitFor(), text);
  }
}
