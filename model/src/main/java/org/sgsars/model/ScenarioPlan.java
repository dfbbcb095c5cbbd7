package org.sgsars.model;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * One line of the comparison.
 *
 * @param name unique in its run
 * @param sparsifier index into the run's distinct sparsifiers
 * @param levellers the levellers, at least one; each reacts to a write in this order
 * @param crossbarSize rows and columns of one crossbar, at least 1
 * @param spareRows rows that every layer's array has beyond its crossbars, at least 0
 * @param ofLevellers what the levellers say of themselves
 * @param device whose cells fail; empty if none is modelled, and only writes are counted
 * @param exceptions layers that have other settings, or rows on the crossbars of others
 */
public record ScenarioPlan(
    String name,
    int sparsifier,
    List<PolicyChoice> levellers,
    int crossbarSize,
    int spareRows,
    LevellerFacts ofLevellers,
    Optional<PolicyChoice> device,
    LayerExceptions exceptions) {
  /**
   * What the levellers of a scenario say of themselves.
   *
   * @param stateBitsPerRow bits of state that they would keep in hardware, per physical row of the
   *     network; empty if one of them does not say
   * @param levelsByEndurance whether one gives rows writes by what they survive; layers with other
   *     levellers have their own
   * @param leastIterations per leveller the iterations that a run needs at least for it to move a
   *     row of any layer, 0 if it does not say; empty if none does
   */
  public record LevellerFacts(
      OptionalDouble stateBitsPerRow, boolean levelsByEndurance, List<Long> leastIterations) {
    /** Of levellers that say nothing. */
    public static final LevellerFacts NONE =
        new LevellerFacts(OptionalDouble.empty(), false, List.of());

    public LevellerFacts {
      leastIterations = List.copyOf(leastIterations);
    }
  }

  /** Most rows of one crossbar, and most spare rows. */
  public static final int MAX_CROSSBAR_SIZE = 65_536;

  /** Kind of the leveller that exchanges tiles between layers. */
  public static final String CROSS_LAYER = "cross-layer";

  /** Kind of the leveller that gives up rows that have failed. */
  public static final String RETIRE = "retire";

  /** Its setting: blocks of columns that a layer may use, 0 or left out for as many as fit. */
  public static final String COLUMN_BLOCKS = "columnBlocks";

  /** Its setting: whether layers lend each other columns. */
  public static final String SHARE = "share";

  /** Kind of the leveller that tests rows, and remaps those that have failed. */
  public static final String DETECT_REMAP = "detect-remap";

  /** Kind of the leveller that moves nothing. */
  public static final String NO_LEVELLER = "none";

  /**
   * @throws IllegalArgumentException if least iterations are not those of the levellers
   */
  public ScenarioPlan {
    levellers = List.copyOf(levellers);
    int counts = ofLevellers.leastIterations().size();
    if (counts > 0 && counts != levellers.size()) {
      throw new IllegalArgumentException(
          "scenario %s has leastIterations of %d levellers; allowed: of all %d, or of none"
              .formatted(name, counts, levellers.size()));
    }
  }

  /** A scenario all of whose layers are as it says. */
  public ScenarioPlan(
      String name,
      int sparsifier,
      List<PolicyChoice> levellers,
      int crossbarSize,
      int spareRows,
      LevellerFacts ofLevellers,
      Optional<PolicyChoice> device) {
    this(
        name,
        sparsifier,
        levellers,
        crossbarSize,
        spareRows,
        ofLevellers,
        device,
        LayerExceptions.NONE);
  }

  /** A scenario without spare rows and device, whose levellers say nothing of themselves. */
  public ScenarioPlan(String name, int sparsifier, List<PolicyChoice> levellers, int crossbarSize) {
    this(name, sparsifier, levellers, crossbarSize, 0, LevellerFacts.NONE, Optional.empty());
  }

  /** Bits of levelling state per physical row, in hardware; empty if a leveller does not say. */
  public OptionalDouble stateBitsPerRow() {
    return ofLevellers.stateBitsPerRow();
  }

  /**
   * Whether a leveller gives rows writes by what they survive. Exceptions do not count; see {@link
   * #forLayer}.
   */
  public boolean levelsByEndurance() {
    return ofLevellers.levelsByEndurance();
  }

  /** See {@link LevellerFacts}. */
  public List<Long> leastIterations() {
    return ofLevellers.leastIterations();
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
        ofLevellers,
        otherDevice,
        exceptions);
  }

  /** The same scenario, whose levellers say from when on they move rows. */
  public ScenarioPlan withLeastIterations(List<Long> least) {
    LevellerFacts facts =
        new LevellerFacts(ofLevellers.stateBitsPerRow(), ofLevellers.levelsByEndurance(), least);
    return new ScenarioPlan(
        name, sparsifier, levellers, crossbarSize, spareRows, facts, device, exceptions);
  }

  /** The same scenario, some of whose layers have other settings. */
  public ScenarioPlan with(LayerExceptions others) {
    return new ScenarioPlan(
        name, sparsifier, levellers, crossbarSize, spareRows, ofLevellers, device, others);
  }

  /** The scenario as one layer has it, without exceptions. */
  public ScenarioPlan forLayer(int layer) {
    if (exceptions.isEmpty()) {
      return this;
    }
    Optional<LayerSettings> own = exceptions.of(layer);
    return own.map(
            of ->
                new ScenarioPlan(
                    name,
                    sparsifier,
                    of.levellers(),
                    of.crossbarSize(),
                    of.spareRows(),
                    new LevellerFacts(
                        ofLevellers.stateBitsPerRow(),
                        of.levelsByEndurance(),
                        of.leastIterations()),
                    of.device(),
                    LayerExceptions.NONE))
        .orElseGet(() -> withLoans(layer));
  }

  /** A layer that has the scenario's settings, with the rows and columns that loans leave it. */
  private ScenarioPlan withLoans(int layer) {
    LayerLoans loans = exceptions.loans();
    if (loans.isEmpty() || retire().isEmpty()) {
      return with(LayerExceptions.NONE);
    }
    long blocks = loans.columnBlocks().get(layer);
    return new ScenarioPlan(
        name,
        sparsifier,
        levellers.stream()
            .map(
                choice ->
                    choice.kind().equals(RETIRE) ? choice.with(COLUMN_BLOCKS, blocks) : choice)
            .toList(),
        crossbarSize,
        spareRows + borrowedRows(layer),
        ofLevellers,
        device,
        LayerExceptions.NONE);
  }

  /** Rows that a layer has on the crossbars of others. */
  public int borrowedRows(int layer) {
    return retire().isEmpty() || exceptions.of(layer).isPresent()
        ? 0
        : exceptions.loans().borrowedRows(layer);
  }

  /** Whether a layer does not lie on crossbars here. */
  public boolean isDigital(int layer) {
    return exceptions.of(layer).filter(LayerSettings::isDigital).isPresent();
  }

  /** The arrays of all layers, those that do not lie on crossbars among them. */
  public List<ArrayShape> arrays(List<LayerShape> layers) {
    return IntStream.range(0, layers.size())
        .mapToObj(layer -> forLayer(layer).array(layers.get(layer)))
        .toList();
  }

  /** Iterations that a run needs at least for a leveller to move a row; 0 if it does not say. */
  public long leastIterations(int leveller) {
    return leastIterations().isEmpty() ? 0 : leastIterations().get(leveller);
  }

  /**
   * Rows P of a layer's array: its rows in whole crossbars, and the spare rows. Exceptions do not
   * count; see {@link #forLayer}.
   */
  public int physicalRows(LayerShape layer) {
    return array(layer).physicalRows();
  }

  /**
   * The array of a layer. Exceptions do not count; see {@link #forLayer}. Where contents change
   * crossbars the other columns of these are for all layers, and no layer has more than one block.
   */
  public ArrayShape array(LayerShape layer) {
    int fitting = ArrayShape.mostColumnBlocks(layer, crossbarSize);
    int blocks =
        crossLayer().isPresent()
            ? 1
            : retire().map(choice -> columnBlocks(choice, fitting)).orElse(1);
    return new ArrayShape(layer, crossbarSize, spareRows, blocks);
  }

  /** A setting that is not allowed counts as left out here: whose it is, others say. */
  private static int columnBlocks(PolicyChoice retire, int fitting) {
    return retire.settings().get(COLUMN_BLOCKS) instanceof Long most && most > 0
        ? (int) Math.min(most, fitting)
        : fitting;
  }

  /** The leveller that gives up rows that have failed, if there is one. */
  public Optional<PolicyChoice> retire() {
    return levellers.stream().filter(choice -> choice.kind().equals(RETIRE)).findFirst();
  }

  /** Whether rows of a layer that have failed are given up. */
  public boolean retiresIn(int layer) {
    return forLayer(layer).retire().isPresent();
  }

  /** The leveller that exchanges tiles between layers, if there is one. */
  public Optional<PolicyChoice> crossLayer() {
    return levellers.stream().filter(choice -> choice.kind().equals(CROSS_LAYER)).findFirst();
  }

  /**
   * The levellers as one would write them in an experiment file, and behind them those of layers
   * that have others.
   */
  public String levellersText() {
    StringBuilder text = new StringBuilder(text(levellers));
    for (LayerSettings settings : exceptions.settings()) {
      text.append("; ")
          .append(settings.match())
          .append(": ")
          .append(settings.isDigital() ? "digital" : text(settings.levellers()));
    }
    return text.toString();
  }

  /** The scenario's crossbars, and behind them crossbars and device of layers that have others. */
  public String arraysText() {
    StringBuilder text = new StringBuilder(text(crossbarSize, spareRows));
    for (LayerSettings settings : exceptions.settings()) {
      if (!settings.isDigital() && hasOtherArrays(settings)) {
        text.append("; ").append(settings.match()).append(": ").append(ownArraysText(settings));
      }
    }
    LayerLoans loans = exceptions.loans();
    if (!loans.isEmpty()) {
      text.append(
          "; %d layers borrow %d rows"
              .formatted(
                  loans.borrowedRows().stream().filter(rows -> rows > 0).count(),
                  loans.borrowedRows().stream().mapToInt(Integer::intValue).sum()));
    }
    return text.toString();
  }

  /** The same of the crossbars and device of one layer; empty if they are those of the scenario. */
  public Optional<String> ownArraysText(int layer) {
    return exceptions
        .of(layer)
        .filter(settings -> !settings.isDigital() && hasOtherArrays(settings))
        .map(this::ownArraysText);
  }

  private boolean hasOtherArrays(LayerSettings settings) {
    return settings.crossbarSize() != crossbarSize
        || settings.spareRows() != spareRows
        || !settings.device().equals(device);
  }

  private String ownArraysText(LayerSettings settings) {
    return text(settings.crossbarSize(), settings.spareRows())
        + settings
            .device()
            .filter(own -> !device.equals(Optional.of(own)))
            .map(own -> ", device " + own)
            .orElse("");
  }

  private static String text(int crossbarSize, int spareRows) {
    return "crossbars of %d rows%s"
        .formatted(crossbarSize, spareRows > 0 ? ", %d spare".formatted(spareRows) : "");
  }

  private static String text(List<PolicyChoice> levellers) {
    return levellers.size() == 1
        ? levellers.get(0).toString()
        : levellers.stream()
            .map(PolicyChoice::toString)
            .collect(Collectors.joining(", ", "[", "]"));
  }
}
