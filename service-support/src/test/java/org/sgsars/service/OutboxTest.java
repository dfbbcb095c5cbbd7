package org.sgsars.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.sgsars.contract.wire.Topics;
import org.sgsars.contract.wire.WireException;
import org.sgsars.contract.wire.WireFormat;
import org.sgsars.log.memory.ManualTime;
import org.sgsars.wire.DeadLetter;

/** What a service says of records that it cannot use. */
final class OutboxTest {
  /** A record of a schema that nobody here knows. */
  private static final byte[] NEWER = HexFormat.of().parseHex("c301" + "0123456789abcdef" + "00");

  private final MockProducer<String, byte[]> producer =
      new MockProducer<>(true, null, new StringSerializer(), new ByteArraySerializer());
  private final ServiceStatus status =
      new ServiceStatus("crossbar-sim", List::of, new ManualTime(0));
  private final Outbox outbox = new Outbox("crossbar-sim", new Topics(""), status, producer);

  private static ConsumerRecord<String, byte[]> record(String topic, long offset) {
    return new ConsumerRecord<>(topic, 0, offset, "r/fc", NEWER);
  }

  private static ConsumerRecord<String, byte[]> record(String topic, long offset, String writer) {
    ConsumerRecord<String, byte[]> record = record(topic, offset);
    record.headers().add(WriterVersion.HEADER, writer.getBytes(StandardCharsets.UTF_8));
    return record;
  }

  private void reject(ConsumerRecord<String, byte[]> record) {
    try {
      WireFormat.ROW_WRITES.decode(record.value());
    } catch (WireException e) {
      outbox.deadLetter(record, null, BadRecordException.undecoded(e));
    }
  }

  private DeadLetter letter(int index) throws WireException {
    return WireFormat.DEAD_LETTER.decode(producer.history().get(index).value());
  }

  @Test
  void send_record_saysWhichVersionWroteIt() {
    outbox.send("wear", 0, "r/fc", new byte[1]);

    ProducerRecord<String, byte[]> sent = producer.history().get(0);
    assertThat(sent.headers().lastHeader("sgs-ars-version").value())
        .isEqualTo(ServiceLauncher.version(OutboxTest.class).getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void deadLetter_recordOfAnUnknownSchema_namesBothVersions() throws Exception {
    reject(record("row-writes", 7, "0.2.0"));

    assertThat(letter(0).getReason())
        .isEqualTo(
            "not a RowWrites that this version knows: its schema's fingerprint is 0123456789abcdef; sgs-ars 0.2.0 wrote it, this is sgs-ars (not built as a jar)");
  }

  @Test
  void deadLetter_recordOfAnotherProgram_saysThatItsVersionIsUnknown() throws Exception {
    reject(record("row-writes", 7));

    assertThat(letter(0).getReason())
        .endsWith("; which version wrote it is unknown, this is sgs-ars (not built as a jar)");
  }

  @Test
  void deadLetter_recordsOfAnUnknownSchema_eachHasALetterAndTheSchemaIsCountedOnce()
      throws Exception {
    reject(record("row-writes", 7, "0.2.0"));
    reject(record("row-writes", 8, "0.3.0"));
    reject(record("tile-wear", 1));

    assertThat(producer.history()).hasSize(3);
    assertThat(letter(1).getOffset()).isEqualTo(8);
    assertThat(status.deadLetters()).isEqualTo(3);
    assertThat(status.unknownSchemas())
        .containsExactly(
            new ServiceStatus.UnknownSchema(
                "row-writes", "0123456789abcdef", Optional.of("0.2.0"), 2),
            new ServiceStatus.UnknownSchema("tile-wear", "0123456789abcdef", Optional.empty(), 1));
  }

  @Test
  void deadLetter_recordOfAKnownSchema_isCountedAsNoUnknownOne() throws Exception {
    outbox.deadLetter(record("row-writes", 7), null, BadRecordException.ofRun("why", "r"));

    assertThat(letter(0).getReason()).isEqualTo("why");
    assertThat(status.unknownSchemas()).isEmpty();
  }
}
