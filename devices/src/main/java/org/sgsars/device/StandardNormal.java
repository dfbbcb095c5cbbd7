package org.sgsars.device;

/**
 * The standard normal distribution. Strict arithmetic throughout: the same bits on every machine,
 * which libraries that use {@link Math} do not promise.
 */
public final class StandardNormal {
  private static final double CENTRAL = 0.425;
  private static final double NEAR_TAIL = 5;

  private static final double[] CENTRAL_ABOVE = {
    3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946,
    45921.95393154987, 67265.7709270087, 33430.57558358813, 2509.0809287301227
  };
  private static final double[] CENTRAL_BELOW = {
    1,
    42.31333070160091,
    687.1870074920579,
    5394.196021424751,
    21213.794301586597,
    39307.89580009271,
    28729.085735721943,
    5226.495278852854
  };
  private static final double[] NEAR_ABOVE = {
    1.4234371107496835,
    4.630337846156546,
    5.769497221460691,
    3.6478483247632045,
    1.2704582524523684,
    0.2417807251774506,
    0.022723844989269184,
    0.0007745450142783414
  };
  private static final double[] NEAR_BELOW = {
    1,
    2.053191626637759,
    1.6763848301838038,
    0.6897673349851,
    0.14810397642748008,
    0.015198666563616457,
    0.0005475938084995345,
    1.0507500716444169e-9
  };
  private static final double[] FAR_ABOVE = {
    6.657904643501103, 5.463784911164114, 1.7848265399172913,
    0.29656057182850487, 0.026532189526576124, 0.0012426609473880784,
    2.7115555687434876e-5, 2.0103343992922881e-7
  };
  private static final double[] FAR_BELOW = {
    1,
    0.599832206555888,
    0.1369298809227358,
    0.014875361290850615,
    0.0007868691311456133,
    1.8463183175100548e-5,
    1.421511758316446e-7,
    2.0442631033899397e-15
  };

  private StandardNormal() {}

  /**
   * The value that a share of all draws is below, to some 16 digits.
   *
   * <p>Wichura, algorithm AS 241, Applied Statistics 37 (1988), doi 10.2307/2347330: rational
   * approximations in three ranges.
   *
   * @param share above 0 and below 1
   */
  public static double quantile(double share) {
    double fromMiddle = share - 0.5;
    if (Math.abs(fromMiddle) <= CENTRAL) {
      double x = CENTRAL * CENTRAL - fromMiddle * fromMiddle;
      return fromMiddle * polynomial(CENTRAL_ABOVE, x) / polynomial(CENTRAL_BELOW, x);
    }
    double tail = fromMiddle < 0 ? share : 1 - share;
    double depth = StrictMath.sqrt(-StrictMath.log(tail));
    double size =
        depth <= NEAR_TAIL
            ? polynomial(NEAR_ABOVE, depth - 1.6) / polynomial(NEAR_BELOW, depth - 1.6)
            : polynomial(FAR_ABOVE, depth - NEAR_TAIL) / polynomial(FAR_BELOW, depth - NEAR_TAIL);
    return fromMiddle < 0 ? -size : size;
  }

  private static double polynomial(double[] coefficients, double x) {
    double value = 0;
    for (int i = coefficients.length - 1; i >= 0; i--) {
      value = value * x + coefficients[i];
    }
    return value;
  }
}
