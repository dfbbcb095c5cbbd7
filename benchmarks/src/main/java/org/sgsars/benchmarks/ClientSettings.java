package org.sgsars.benchmarks;

import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.Column;
import com.github.freva.asciitable.HorizontalAlign;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.sgsars.standalone.EmbeddedBroker;

/** What chunk size and the Kafka clients' settings do to the speed of raw Kafka. */
final class ClientSettings {
  private static final int ROUNDS = 3;

  /**
   * @param what is changed
   * @param load with its chunk size
   * @param client changed settings of the clients
   */
  private record Choice(String what, Load load, Map<String, String> client, List<Rate> rates) {
    Choice(String what, Load load, Map<String, String> client) {
      this(what, load, client, new ArrayList<>());
    }

    double megabytesPerSecond() {
      return Main.median(rates.stream().map(Rate::megabytesPerSecond).toList());
    }

    double cpu() {
      return Main.median(rates.stream().map(Rate::cpuSecondsPerGigabyte).toList());
    }
  }

  private ClientSettings() {}

  /** Measures all choices by turns, and gives a table of them. */
  static String compare(Path work) throws Exception {
    Load load = Load.of(20);
    List<Choice> choices = new ArrayList<>();
    choices.add(new Choice("as it is: 1 MiB chunks", load, Map.of()));
    for (int kib : new int[] {64, 256, 4096}) {
      choices.add(
          new Choice("chunks of %d KiB".formatted(kib), load.withChunkBytes(kib << 10), Map.of()));
    }
    choices.add(new Choice("linger.ms 0", load, Map.of("linger.ms", "0")));
    choices.add(new Choice("linger.ms 50", load, Map.of("linger.ms", "50")));
    choices.add(new Choice("batch.size 16 KiB", load, Map.of("batch.size", "16384")));
    choices.add(
        new Choice(
            "batch.size 4 MiB, chunks of 256 KiB",
            load.withChunkBytes(256 << 10),
            Map.of("batch.size", Integer.toString(4 << 20))));
    choices.add(
        new Choice(
            "max.partition.fetch.bytes 1 MiB",
            load,
            Map.of("max.partition.fetch.bytes", Integer.toString(1 << 20))));
    choices.add(new Choice("acks 1", load, Map.of("acks", "1", "enable.idempotence", "false")));
    for (String codec : List.of("lz4", "zstd")) {
      choices.add(new Choice("compression " + codec, load, Map.of("compression.type", codec)));
    }
    for (int round = 0; round <= ROUNDS; round++) {
      System.err.printf("round %d of %d%n", round + 1, ROUNDS + 1);
      for (Choice choice : choices) {
        Rate rate = measure(work, choice);
        if (round > 0) {
          choice.rates.add(rate);
        }
      }
    }
    return table(choices);
  }

  private static Rate measure(Path work, Choice choice) throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(work, failure -> {})) {
      return new RawKafka(RawKafka.settings(broker.bootstrapServers(), choice.client), choice.load)
          .rate();
    }
  }

  private static String table(List<Choice> choices) {
    Choice first = choices.get(0);
    return AsciiTable.getTable(
        AsciiTable.BASIC_ASCII_NO_DATA_SEPARATORS,
        choices,
        List.of(
            new Column()
                .header("raw Kafka with")
                .dataAlign(HorizontalAlign.LEFT)
                .with(choice -> choice.what),
            new Column().header("MB/s").with(choice -> format("%.0f", choice.megabytesPerSecond())),
            new Column()
                .header("of the first")
                .with(
                    choice ->
                        format("%.2f", choice.megabytesPerSecond() / first.megabytesPerSecond())),
            new Column().header("CPU s/GB").with(choice -> format("%.1f", choice.cpu()))));
  }

  private static String format(String pattern, double value) {
    return String.format(Locale.ROOT, pattern, value);
  }
}
