package org.sgsars.standalone;

import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.Column;
import com.github.freva.asciitable.HorizontalAlign;
import com.github.freva.asciitable.OverflowBehaviour;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.sgsars.contract.wire.WireException;
import org.sgsars.contract.wire.WireFormat;
import org.sgsars.failure.ServiceException;
import org.sgsars.model.RunPlan;
import org.sgsars.service.KafkaProperties;
import org.sgsars.service.KafkaSettings;
import org.sgsars.service.PipelineLog;
import org.sgsars.service.TopicReader;
import org.sgsars.service.WriterVersion;
import org.sgsars.wire.DeadLetter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code sgs-ars dead-letters}. */
@Command(
    name = "dead-letters",
    description = "Lists the records on a cluster that no service could use, and why.",
    mixinStandardHelpOptions = true,
    versionProvider = SgsArsCommand.Version.class)
final class DeadLettersCommand implements Callable<Integer> {
  private static final int FAILED = 1;
  private static final int REASON_WIDTH = 100;
  private static final int LONGEST_WAIT_SECONDS = 3600;

  @Option(
      names = "--bootstrap",
      paramLabel = "HOST:PORT",
      description = "The Kafka cluster (default: ${DEFAULT-VALUE}).",
      defaultValue = "localhost:9092")
  private String bootstrap = "";

  @Option(
      names = "--kafka-properties",
      paramLabel = "FILE",
      description = "Settings of the Kafka clients, one NAME=VALUE a line.")
  private @Nullable Path kafkaProperties;

  @Option(
      names = "--topic-prefix",
      paramLabel = "TEXT",
      description = "What the services have as sgsars.kafka.topic-prefix (default: none).",
      defaultValue = "")
  private String prefix = "";

  @Option(
      names = "--wait",
      paramLabel = "SECONDS",
      description = "How long to wait for a broker, 1 to 3600 (default: ${DEFAULT-VALUE}).",
      defaultValue = "15")
  private int waitSeconds;

  @Option(
      names = "--run",
      paramLabel = "NAME",
      description = "Only those of this run, in all its attempts.")
  private @Nullable String run;

  /**
   * Letters that differ by the place of their record alone.
   *
   * @param at when the first was written
   * @param letter the first
   * @param records how many there are
   */
  private record Line(Instant at, DeadLetter letter, int records) {
    /** Equal for letters that are one line. Each that ends a layer has its own. */
    List<Object> kind() {
      return List.of(
          whose(),
          letter.getService(),
          letter.getTopic(),
          letter.getReason(),
          letter.getEndsLayer() ? place() : "");
    }

    Line and(Line later) {
      return new Line(at, letter, records + later.records);
    }

    String whose() {
      String layer = letter.getLayer();
      return (letter.getRun() == null ? "" : letter.getRun()) + (layer == null ? "" : "/" + layer);
    }

    String place() {
      return "%s-%d@%d".formatted(letter.getTopic(), letter.getPartition(), letter.getOffset());
    }
  }

  @Override
  public Integer call() {
    if (!NumberOption.isWithin("--wait", waitSeconds, 1, LONGEST_WAIT_SECONDS)) {
      return RunSession.WRONG_INPUT;
    }
    try {
      PipelineLog kafka =
          PipelineLog.onKafka(
              new KafkaSettings(
                  bootstrap,
                  prefix,
                  1,
                  -1,
                  Duration.ofSeconds(waitSeconds),
                  kafkaProperties == null ? Map.of() : KafkaProperties.read(kafkaProperties)));
      kafka.awaitBroker();
      System.out.println(letters(kafka, run));
    } catch (ServiceException | IllegalArgumentException e) {
      System.err.println(e.getMessage());
      return FAILED;
    }
    return 0;
  }

  /**
   * What the command says.
   *
   * @param run only those of this one; {@code null} for all
   * @throws ServiceException if there is no topic of them
   */
  static String letters(PipelineLog log, @Nullable String run) {
    List<Line> lines = new ArrayList<>();
    try (TopicReader reader =
        new TopicReader(log, List.of(log.topics().deadLetters()), Duration.ZERO)) {
      reader.readToEnd(record -> add(record, run, lines));
    }
    lines.sort(java.util.Comparator.comparing(Line::at).thenComparing(Line::place));
    Map<List<Object>, Line> alike = new LinkedHashMap<>();
    lines.forEach(line -> alike.merge(line.kind(), line, Line::and));
    return lines.isEmpty() ? "no dead letters" : table(List.copyOf(alike.values()), lines.size());
  }

  private static void add(
      ConsumerRecord<String, byte[]> record, @Nullable String run, List<Line> lines) {
    byte[] value = record.value() == null ? new byte[0] : record.value();
    try {
      DeadLetter letter = WireFormat.DEAD_LETTER.decode(value);
      boolean isWanted =
          run == null || (letter.getRun() != null && RunPlan.nameOf(letter.getRun()).equals(run));
      if (isWanted) {
        lines.add(new Line(Instant.ofEpochMilli(record.timestamp()), letter, 1));
      }
    } catch (WireException e) {
      System.err.printf(
          "%s-%d@%d is no dead letter: %s%n",
          record.topic(), record.partition(), record.offset(), WriterVersion.explain(e, record));
    }
  }

  private static String table(List<Line> lines, int letters) {
    return AsciiTable.getTable(
            AsciiTable.BASIC_ASCII_NO_DATA_SEPARATORS,
            lines,
            List.of(
                left("when").with(line -> line.at().toString()),
                left("whose").with(Line::whose),
                left("first record").with(Line::place),
                left("records").with(line -> Integer.toString(line.records())),
                left("read by").with(line -> line.letter().getService()),
                left("ends the layer").with(line -> line.letter().getEndsLayer() ? "yes" : "no"),
                left("reason")
                    .maxWidth(REASON_WIDTH, OverflowBehaviour.NEWLINE)
                    .with(line -> line.letter().getReason())))
        + System.lineSeparator()
        + letters
        + (letters == 1 ? " dead letter" : " dead letters");
  }

  private static Column left(String header) {
    return new Column()
        .header(header)
        .headerAlign(HorizontalAlign.LEFT)
        .dataAlign(HorizontalAlign.LEFT);
  }
}
