package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sgsars.policy.Parameter;
import org.sgsars.policy.Policies;
import org.sgsars.policy.Policy;
import org.sgsars.policy.PolicyFamily;
import org.sgsars.policy.SettingsType;

/** Every number that any policy on the class path takes has a least and a most, and says both. */
final class PolicyLimitsTest {
  record DeclaredNumber(Policy<?> policy, Parameter parameter) {
    @Override
    public String toString() {
      return policy.family().key() + " " + policy.kind() + " " + parameter.name();
    }
  }

  static Stream<DeclaredNumber> numbers() {
    Policies policies = Policies.onClassPath();
    List<DeclaredNumber> numbers = new ArrayList<>();
    for (PolicyFamily family : PolicyFamily.values()) {
      assertThat(policies.all(family)).as(family.key()).isNotEmpty();
      for (Policy<?> policy : policies.all(family)) {
        for (Parameter parameter : SettingsType.of(policy).parameters()) {
          if (parameter.type() == Parameter.Type.WHOLE_NUMBER
              || parameter.type() == Parameter.Type.NUMBER) {
            numbers.add(new DeclaredNumber(policy, parameter));
          }
        }
      }
    }
    return numbers.stream();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("numbers")
  void accept_number_isWithinTheLeastAndTheMost(DeclaredNumber number) {
    Parameter parameter = number.parameter();
    Parameter.Range range = parameter.range();
    boolean isWhole = parameter.type() == Parameter.Type.WHOLE_NUMBER;
    // Whole numbers come as such; a setting holds no larger one than an int.
    Object least = isWhole ? (Object) (long) range.least() : (Object) range.least();
    Object most = isWhole ? (Object) (long) range.most() : (Object) range.most();
    Object below =
        isWhole ? (Object) (long) (range.least() - 1) : (Object) Math.nextDown(range.least());
    Object above =
        isWhole ? (Object) (long) (range.most() + 1) : (Object) Math.nextUp(range.most());

    assertThat(range.least()).isFinite();
    assertThat(range.most()).isFinite().isGreaterThan(range.least());
    assertThat(parameter.accept(least).isPresent()).isEqualTo(range.leastIncluded());
    assertThat(parameter.accept(most)).isPresent();
    assertThat(parameter.accept(below)).isEmpty();
    assertThat(parameter.accept(above)).isEmpty();
    assertThat(parameter.accept(Double.NaN)).isEmpty();
    assertThat(parameter.accept(Double.POSITIVE_INFINITY)).isEmpty();
    assertThat(parameter.accept(Double.NEGATIVE_INFINITY)).isEmpty();
    if (isWhole) {
      assertThat(parameter.accept(Long.MAX_VALUE)).isEmpty();
      assertThat(range.most()).isLessThanOrEqualTo(Integer.MAX_VALUE);
      assertThat(parameter.allowed())
          .isEqualTo("a whole number from %s to %s".formatted(least, most));
    }
    parameter.fallback().ifPresent(value -> assertThat(parameter.accept(value)).contains(value));
  }
}
