package org.sgsars.model;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/**
 * One line of the comparison.
 *
 * @param name unique in its run
 * @param sparsifier index into the run's distinct sparsifiers
 * @param levellers the levellers, at least one; each reacts to a write in this order
 * @param crossbarSize rows and columns of one crossbar, at least 1
 * @param spareRows rows that every layer's array has beyond its crossbars, at least 0
 * @param stateBitsPerRow bits of state that the levellers would keep in hardware, per physical row
 *     of the network; empty if one of them does not say
 * @param levelsByEndurance whether a leveller gives rows writes by what they survive
 * @param device whose cells fail; empty if none is modelled, and only writes are counted
 * @param leastIterations per leveller the iterations that a run needs at least for it to move a row
 *     of any layer, 0 if it does not say; empty if none does
 */
public record ScenarioPlan(
    String name,
    int sparsifier,
    List<PolicyChoice> levellers,
    int crossbarSize,
    int spareRows,
    OptionalDouble stateBitsPerRow,
    boolean levelsByEndurance,
    Optional<PolicyChoice> device,
    List<Long> leastIterations) {
  /** Most rows of one crossbar, and most spare rows. */
  public static final int MAX_CROSSBAR_SIZE = 65_536;

  /** Kind of the leveller that exchanges tiles between layers. */
  public static final String CROSS_LAYER = "cross-layer";

  /** Kind of the leveller that moves nothing. */
  public static final String NO_LEVELLER = "none";

  /**
   * @throws IllegalArgumentException if least iterations are not those of the levellers
   */
  public ScenarioPlan {
    levellers = List.copyOf(levellers);
    leastIterations = List.copyOf(leastIterations);
    if (!leastIterations.isEmpty() && leastIterations.size() != levellers.size()) {
      throw new IllegalArgumentException(
          "scenario %s has leastIterations of %d levellers; allowed: of all %d, or of none"
              .formatted(name, leastIterations.size(), levellers.size()));
    }
  }

  /** A scenario whose levellers do not say from when on they move rows. */
  public ScenarioPlan(
      String name,
      int sparsifier,
      List<PolicyChoice> levellers,
      int crossbarSize,
      int spareRows,
      OptionalDouble stateBitsPerRow,
      boolean levelsByEndurance,
      Optional<PolicyChoice> device) {
    this(
        name,
        sparsifier,
        levellers,
        crossbarSize,
        spareRows,
        stateBitsPerRow,
        levelsByEndurance,
        device,
        List.of());
  }

  /** A scenario without spare rows and device, that says nothing of its state. */
  public ScenarioPlan(String name, int sparsifier, List<PolicyChoice> levellers, int crossbarSize) {
    this(
        name,
        sparsifier,
        levellers,
        crossbarSize,
        0,
        OptionalDouble.empty(),
        false,
        Optional.empty());
  }

  /** The same scenario on a device. */
  public ScenarioPlan on(PolicyChoice otherDevice) {
    return with(levellers, Optional.of(otherDevice));
  }

  /** The same scenario with other policies. */
  public ScenarioPlan with(List<PolicyChoice> otherLevellers, Optional<PolicyChoice> otherDevice) {
    return new ScenarioPlan(
        name,
        sparsifier,
        otherLevellers,
        crossbarSize,
        spareRows,
        stateBitsPerRow,
        levelsByEndurance,
        otherDevice,
        leastIterations);
  }

  /** The same scenario, whose levellers say from when on they move rows. */
  public ScenarioPlan withLeastIterations(List<Long> ofLevellers) {
    return new ScenarioPlan(
        name,
        sparsifier,
        levellers,
        crossbarSize,
        spareRows,
        stateBitsPerRow,
        levelsByEndurance,
        device,
        ofLevellers);
  }

  /** Iterations that a run needs at least for a leveller to move a row; 0 if it does not say. */
  public long leastIterations(int leveller) {
    return leastIterations.isEmpty() ? 0 : leastIterations.get(leveller);
  }

  /** Rows P of a layer's array: its rows in whole crossbars, and the spare rows. */
  public int physicalRows(LayerShape layer) {
    return array(layer).physicalRows();
  }

  /** The array of a layer. */
  public ArrayShape array(LayerShape layer) {
    return new ArrayShape(layer, crossbarSize, spareRows);
  }

  /** The leveller that exchanges tiles between layers, if there is one. */
  public Optional<PolicyChoice> crossLayer() {
    return levellers.stream().filter(choice -> choice.kind().equals(CROSS_LAYER)).findFirst();
  }

  /** The levellers as one would write them in an experiment file. */
  public String levellersText() {
    return levellers.size() == 1
        ? levellers.get(0).toString()
        : levellers.stream()
            .map(PolicyChoice::toString)
            .collect(Collectors.joining(", ", "[", "]"));
  }
}
