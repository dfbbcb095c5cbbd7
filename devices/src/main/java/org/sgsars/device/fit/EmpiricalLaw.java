package org.sgsars.device.fit;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.sgsars.device.Endurance;

/**
 * An endurance as it was measured, without a law. Cells that were seen to fail between two looks
 * are spread between these evenly in the logarithm, those before the first look evenly from 0.
 * Nothing is said beyond the last failure that was seen: those cells do not fail at all.
 */
public final class EmpiricalLaw implements Endurance {
  /** Endurance of cells that were not seen to fail, in writes: no run gets as far. */
  private static final double NEVER = 1e18;

  /** Steps that are kept one by one: the weakest cells decide when the first of an array fails. */
  private static final int KEPT_STEPS = 100;

  /** Later ones are joined until they are such a share of the cells that failed. */
  private static final double JOINED_SHARE = 1e-3;

  private static final int MOST_STEPS = 2000;

  /** Of shares and writes, as a text holds them. */
  private static final MathContext DIGITS = new MathContext(12);

  private static final Pattern STEP =
      Pattern.compile("([0-9.eE+-]+):([0-9.eE+-]+)(?::([0-9.eE+-]+))?");

  /**
   * Some of the cells.
   *
   * @param share of all cells that have failed after them, above 0 and at most 1
   * @param from writes after which the first of them fails
   * @param to writes at which the last of them fails, above 0
   */
  public record Step(double share, double from, double to) {}

  private final List<Step> steps;

  private EmpiricalLaw(List<Step> steps) {
    double share = 0;
    double writes = 0;
    for (Step step : steps) {
      boolean isInOrder =
          step.share > share && step.share <= 1 && step.from >= writes && step.to >= step.from;
      if (!isInOrder || step.to <= 0 || step.to > NEVER) {
        throw new IllegalArgumentException(
            "step %s:%s:%s comes after %s:%s; allowed: ascending shares up to 1 and writes up to 1e18"
                .formatted(step.share, step.from, step.to, share, writes));
      }
      share = step.share;
      writes = step.to;
    }
    if (steps.isEmpty() || steps.size() > MOST_STEPS) {
      throw new IllegalArgumentException(
          "%d steps; allowed: 1 to %d".formatted(steps.size(), MOST_STEPS));
    }
    this.steps = List.copyOf(steps);
  }

  /**
   * The law of a measurement: Turnbull's estimate (JRSS B 38 (1976), 290-295), which is Kaplan and
   * Meier's where failures are known to the write.
   *
   * @throws IllegalArgumentException if none of the cells failed
   */
  public static EmpiricalLaw of(Measurement measurement) {
    if (measurement.failed() == 0) {
      throw new IllegalArgumentException(
          "none of the %d cells failed, so their endurance cannot be fitted; give some that did"
              .formatted(measurement.count()));
    }
    // A step as its text, so that those who read the text have the same law to the bit.
    return fromText(toText(joined(Turnbull.of(measurement))));
  }

  /** Fewer steps, of which the first are as they were. */
  private static List<Step> joined(List<Step> all) {
    List<Step> joined = new ArrayList<>();
    double failed = all.get(all.size() - 1).share;
    double before = 0;
    double from = -1;
    for (int i = 0; i < all.size(); i++) {
      Step step = all.get(i);
      from = from < 0 ? step.from : from;
      boolean isEnough =
          i < KEPT_STEPS || i == all.size() - 1 || step.share - before >= failed * JOINED_SHARE;
      if (isEnough) {
        joined.add(new Step(step.share, from, step.to));
        before = step.share;
        from = -1;
      }
    }
    return joined;
  }

  /**
   * What {@link #toText()} wrote.
   *
   * @throws IllegalArgumentException if it is something else, for people
   */
  public static EmpiricalLaw fromText(String text) {
    List<Step> steps = new ArrayList<>();
    for (String part : text.strip().split(" +", -1)) {
      var matcher = STEP.matcher(part);
      try {
        if (!matcher.matches()) {
          throw new NumberFormatException();
        }
        double share = Double.parseDouble(matcher.group(1));
        double from = Double.parseDouble(matcher.group(2));
        double to = matcher.group(3) == null ? from : Double.parseDouble(matcher.group(3));
        steps.add(new Step(share, from, to));
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException(
            "'%s' is no step; allowed: SHARE:WRITES or SHARE:FROM:TO, with spaces between"
                .formatted(part),
            e);
      }
    }
    return new EmpiricalLaw(steps);
  }

  private static String toText(List<Step> steps) {
    return steps.stream()
        .map(
            step ->
                step.from == step.to
                    ? text(step.share) + ":" + text(step.to)
                    : text(step.share) + ":" + text(step.from) + ":" + text(step.to))
        .collect(Collectors.joining(" "));
  }

  /** Digits that do not depend on the JDK, as those of {@code Double.toString} do. */
  private static String text(double number) {
    return new BigDecimal(number)
        .round(DIGITS)
        .stripTrailingZeros()
        .toString()
        .toLowerCase(Locale.ROOT);
  }

  /** The steps as a setting holds them: share failed, and the writes from which and to which. */
  public String toText() {
    return toText(steps);
  }

  /** In ascending order. */
  public List<Step> steps() {
    return steps;
  }

  @Override
  public double quantile(double share) {
    int low = 0;
    int high = steps.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (steps.get(middle).share >= share) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    if (low == steps.size()) {
      return NEVER;
    }
    Step step = steps.get(low);
    double before = low == 0 ? 0 : steps.get(low - 1).share;
    double part = (share - before) / (step.share - before);
    double writes =
        step.from == 0 ? step.to * part : step.from * StrictMath.pow(step.to / step.from, part);
    return Math.max(step.from, Math.min(step.to, writes));
  }
}
