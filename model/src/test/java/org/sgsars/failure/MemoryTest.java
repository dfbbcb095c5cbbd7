package org.sgsars.failure;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class MemoryTest {
  @Test
  void requireRoom_asMuchAsThereIs_isAllowed() {
    assertThatCode(() -> Memory.requireRoom(Runtime.getRuntime().maxMemory(), "all"))
        .doesNotThrowAnyException();
  }

  @Test
  void requireRoom_moreThanThereIs_saysHowMuch() {
    assertThatThrownBy(() -> Memory.requireRoom(1L << 50, "cells"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "cells take 1073741824 MiB of memory, and this process has %d MiB in all; start it with more (-Xmx)"
                .formatted(Runtime.getRuntime().maxMemory() >> 20));
  }
}
