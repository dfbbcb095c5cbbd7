package org.sgsars.sparsifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.sgsars.model.LayerShape;
import org.sgsars.policy.PolicyFailure;

final class LayerSparsifiersTest {
  private static final LayerShape LAYER = new LayerShape("fc", 4, 2);

  private final LayerSparsifiers two = ofTwo();
  private final List<Integer> worked = new ArrayList<>();

  private static LayerSparsifiers ofTwo() {
    LayerSparsifiers sparsifiers = new LayerSparsifiers(LAYER, 1);
    for (int i = 0; i < 2; i++) {
      sparsifiers.add(Selections.bound(new DenseSparsifier(), Map.of()), Residual.none(LAYER));
    }
    return sparsifiers;
  }

  private void breakAt(int sparsifier) {
    two.call(
        sparsifier,
        of -> {
          throw new IllegalStateException("row 7 has no score");
        });
  }

  private void workWithBoth() {
    for (int i = 0; i < 2; i++) {
      int at = i;
      two.call(i, of -> worked.add(at));
    }
  }

  @Test
  void let_oneThrows_itEndsAndTheOtherGoesOn() {
    breakAt(0);
    workWithBoth();

    assertThat(worked).containsExactly(1);
    assertThat(two.hasEnded(0)).isTrue();
    assertThatCode(two::failIfNoneIsLeft).doesNotThrowAnyException();
  }

  @Test
  void drainFailures_oneThrew_namesItOnce() {
    breakAt(1);

    assertThat(two.drainFailures())
        .hasEntrySatisfying(
            1, why -> assertThat(why).hasMessageContaining("sparsifier 'dense' threw"));
    assertThat(two.drainFailures()).isEmpty();
  }

  @Test
  void failIfNoneIsLeft_theLastThrew_throwsThat() {
    two.end(0);
    breakAt(1);

    assertThatThrownBy(two::failIfNoneIsLeft)
        .isInstanceOf(PolicyFailure.class)
        .hasMessageContaining("row 7 has no score");
  }

  /** Where each was ended from outside, somebody has said so. */
  @Test
  void failIfNoneIsLeft_noneThrew_isSilent() {
    two.end(0);
    two.end(1);

    assertThatCode(two::failIfNoneIsLeft).doesNotThrowAnyException();
  }

  @Test
  void restore_oneHadEnded_staysEnded() throws Exception {
    two.end(0);
    ByteArrayOutputStream saved = new ByteArrayOutputStream();
    two.save(new DataOutputStream(saved));

    LayerSparsifiers restored = ofTwo();
    restored.restore(new DataInputStream(new ByteArrayInputStream(saved.toByteArray())));

    assertThat(restored.hasEnded(0)).isTrue();
    assertThat(restored.hasEnded(1)).isFalse();
  }
}
