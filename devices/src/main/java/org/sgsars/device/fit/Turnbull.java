package org.sgsars.device.fit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.sgsars.device.fit.EmpiricalLaw.Step;
import org.sgsars.device.fit.Measurement.Cells;

/**
 * The most likely law of cells that were seen to fail between looks, by Turnbull's
 * self-consistency: where the data allow failures at all, cells are shared out by how probable each
 * place is, until nothing changes.
 */
final class Turnbull {
  private static final int MOST_ROUNDS = 20_000;
  private static final double UNCHANGED = 1e-12;

  /** What is less is nothing that the data show, and only on its way to 0. */
  private static final double LEAST_SHARE = 1e-9;

  /** Order of what is at the same count of writes: just before it, at it, just after it. */
  private enum Side {
    FROM_JUST_BEFORE,
    UP_TO,
    FROM_JUST_AFTER
  }

  private record End(double writes, Side side) {
    static final Comparator<End> IN_ORDER =
        Comparator.comparingDouble(End::writes).thenComparing(End::side);

    static End from(Cells cells) {
      return new End(
          cells.survived(), cells.isExact() ? Side.FROM_JUST_BEFORE : Side.FROM_JUST_AFTER);
    }

    static End to(Cells cells) {
      return new End(cells.failedBy(), Side.UP_TO);
    }
  }

  private record Place(End from, End to) {}

  private Turnbull() {}

  /** Steps with their shares, those that are infinite left out. */
  static List<Step> of(Measurement measurement) {
    List<Place> places = places(measurement);
    double[] shares = shares(measurement, places);
    List<Step> steps = new ArrayList<>();
    double sum = 0;
    for (int i = 0; i < shares.length; i++) {
      Place place = places.get(i);
      if (shares[i] > LEAST_SHARE && place.to.writes < Double.POSITIVE_INFINITY) {
        sum += shares[i];
        steps.add(new Step(Math.min(1, sum), place.from.writes, place.to.writes));
      }
    }
    return steps;
  }

  /** Where failures may be: from a beginning to an end that follows it directly. */
  private static List<Place> places(Measurement measurement) {
    List<End> ends = new ArrayList<>();
    for (Cells cells : measurement.cells()) {
      ends.add(End.from(cells));
      ends.add(End.to(cells));
    }
    List<End> inOrder = ends.stream().distinct().sorted(End.IN_ORDER).toList();
    List<Place> places = new ArrayList<>();
    for (int i = 1; i < inOrder.size(); i++) {
      if (inOrder.get(i - 1).side != Side.UP_TO && inOrder.get(i).side == Side.UP_TO) {
        places.add(new Place(inOrder.get(i - 1), inOrder.get(i)));
      }
    }
    return places;
  }

  private static double[] shares(Measurement measurement, List<Place> places) {
    List<Cells> cells = measurement.cells();
    int[] first = new int[cells.size()];
    int[] last = new int[cells.size()];
    for (int i = 0; i < first.length; i++) {
      first[i] = firstFrom(places, End.from(cells.get(i)));
      last[i] = lastTo(places, End.to(cells.get(i)));
    }
    double all = measurement.count();
    double[] shares = new double[places.size()];
    Arrays.fill(shares, 1.0 / shares.length);
    double change = 1;
    for (int round = 0; round < MOST_ROUNDS && change > UNCHANGED; round++) {
      double[] sums = new double[shares.length + 1];
      for (int i = 0; i < shares.length; i++) {
        sums[i + 1] = sums[i] + shares[i];
      }
      // Weight of each place per share of it: what cells add where they begin and take where they
      // end.
      double[] weights = new double[shares.length + 1];
      for (int i = 0; i < first.length; i++) {
        double weight = cells.get(i).count() / (sums[last[i] + 1] - sums[first[i]]);
        weights[first[i]] += weight;
        weights[last[i] + 1] -= weight;
      }
      change = 0;
      double weight = 0;
      for (int i = 0; i < shares.length; i++) {
        weight += weights[i];
        double share = shares[i] * Math.max(0, weight) / all;
        change = Math.max(change, Math.abs(share - shares[i]));
        shares[i] = share;
      }
    }
    return shares;
  }

  private static int firstFrom(List<Place> places, End from) {
    int low = 0;
    int high = places.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (End.IN_ORDER.compare(places.get(middle).from, from) >= 0) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  private static int lastTo(List<Place> places, End to) {
    int low = 0;
    int high = places.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (End.IN_ORDER.compare(places.get(middle).to, to) > 0) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low - 1;
  }
}
