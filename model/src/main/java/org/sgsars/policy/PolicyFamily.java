package org.sgsars.policy;

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
}
