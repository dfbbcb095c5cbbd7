package org.sgsars.policy;

import java.util.List;

/** The jobs a policy can have. */
public enum PolicyFamily {
  SOURCE("source"),
  SPARSIFIER("sparsifier"),
  LEVELLER("leveller"),
  DEVICE("device");

  private final String key;

  PolicyFamily(String key) {
    this.key = key;
  }

  /** The experiment file's key for a policy of this family. */
  public String key() {
    return key;
  }

  /** Names that no setting of a policy of this family may have. */
  List<String> reservedNames() {
    return switch (this) {
      // Beside a source's settings stands how long the run is.
      case SOURCE -> List.of("iterations", "epochs");
      // Beside a sparsifier's settings a manifest may say which scenario it is for.
      case SPARSIFIER -> List.of("scenario");
      case LEVELLER, DEVICE -> List.of();
    };
  }
}
