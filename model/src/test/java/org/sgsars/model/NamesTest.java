package org.sgsars.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class NamesTest {
  @Test
  void of_upToTen_givesAll() {
    assertThat(Names.of(List.of())).isEmpty();
    assertThat(Names.of(List.of("a", "b\u001b"))).isEqualTo("a, b?");
    assertThat(Names.of(IntStream.range(0, 10).boxed().toList()))
        .isEqualTo("0, 1, 2, 3, 4, 5, 6, 7, 8, 9");
  }

  @Test
  void of_more_givesTenAndTheirNumber() {
    assertThat(Names.of(IntStream.range(0, 30_007).boxed().toList()))
        .isEqualTo("0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 29,997 more");
  }
}
