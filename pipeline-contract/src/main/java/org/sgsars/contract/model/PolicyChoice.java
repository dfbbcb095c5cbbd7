package org.sgsars.contract.model;

/**
 * A policy by kind, with every setting spelled out.
 *
 * @param kind as the experiment file writes it, such as {@code top-k}
 * @param settings defaults filled in
 */
public record PolicyChoice(String kind, Settings settings) {
  /** The choice as one would write it in an experiment file: {@code {kind: sgs, rows: 1}}. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("{kind: ").append(kind);
    settings
        .values()
        .forEach((name, value) -> text.append(", ").append(name).append(": ").append(value));
    return text.append('}').toString();
  }
}
