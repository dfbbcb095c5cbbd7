package org.sgsars.producer.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class BatchOrderTest {
  private static int[] epoch(BatchOrder order, int epoch) {
    return IntStream.range(0, 3).flatMap(i -> Arrays.stream(order.batch(3L * epoch + i))).toArray();
  }

  @Test
  void batch_epoch_seesEveryImageAtMostOnce() {
    BatchOrder order = new BatchOrder(10, 3, 7);

    assertThat(order.iterationsPerEpoch()).isEqualTo(3);
    for (int epoch = 0; epoch < 5; epoch++) {
      assertThat(epoch(order, epoch)).hasSize(9).doesNotHaveDuplicates();
      assertThat(Arrays.stream(epoch(order, epoch))).allMatch(image -> image >= 0 && image < 10);
    }
  }

  @Test
  void batch_nextEpoch_isAnotherOrder() {
    BatchOrder order = new BatchOrder(10, 3, 7);

    assertThat(epoch(order, 1)).isNotEqualTo(epoch(order, 0));
  }

  @Test
  void batch_sameSeed_isTheSame_whereverOneBegins() {
    BatchOrder order = new BatchOrder(10, 3, 7);
    int[] third = epoch(order, 2);

    assertThat(epoch(new BatchOrder(10, 3, 7), 2)).isEqualTo(third);
    assertThat(epoch(new BatchOrder(10, 3, 8), 2)).isNotEqualTo(third);
    assertThat(epoch(order, 0)).isEqualTo(epoch(new BatchOrder(10, 3, 7), 0));
  }
}
