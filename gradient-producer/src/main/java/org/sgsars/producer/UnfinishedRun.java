package org.sgsars.producer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.sgsars.failure.ServiceException;
import org.sgsars.file.FileProblem;

/**
 * Remembers over restarts which run a producer is sending, so that one that was killed sends the
 * same run on instead of beginning another. One file: the run's name, and what it was made of.
 */
public final class UnfinishedRun {
  private final Path file;
  private final String fingerprint;

  /**
   * @param file where it is remembered
   * @param ingredients everything that makes a run this one and no other
   */
  public UnfinishedRun(Path file, List<String> ingredients) {
    this.file = file;
    this.fingerprint = fingerprint(ingredients);
  }

  private static String fingerprint(List<String> ingredients) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (String ingredient : ingredients) {
        digest.update(ingredient.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }

  /** Name of the run that was not finished, if there is one of the same ingredients. */
  public Optional<String> name() {
    try {
      List<String> lines = Files.readAllLines(file);
      return lines.size() == 2 && lines.get(1).equals(fingerprint)
          ? Optional.of(lines.get(0))
          : Optional.empty();
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw problem("read", e);
    }
  }

  /** The run is being sent from now on. */
  public void remember(String run) {
    Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
    try {
      Path home = file.toAbsolutePath().getParent();
      if (home != null) {
        Files.createDirectories(home);
      }
      Files.write(temporary, List.of(run, fingerprint));
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw problem("written", e);
    }
  }

  /** The run is sent to its end. */
  public void delete() {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw problem("removed", e);
    }
  }

  private ServiceException problem(String what, IOException e) {
    return new ServiceException(
        "%s cannot be %s: %s; make the state folder writable"
            .formatted(file, what, FileProblem.reason(e)),
        e);
  }
}
