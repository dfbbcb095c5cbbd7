package org.sgsars.source.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.sgsars.model.PolicyChoice;

final class TraceSourcePolicyTest {
  @Test
  void replacing_trace_keepsItsOtherSettings() {
    PolicyChoice zero = new PolicyChoice("trace", Map.of("path", "/a", "missing", "zero"));

    assertThat(TraceSourcePolicy.replacing(zero, Path.of("/b")))
        .hasToString("{kind: trace, missing: zero, path: /b}");
  }

  @Test
  void replacing_sourceOfAnotherKind_isATraceThatIsReadByTheDefaults() {
    PolicyChoice noise = new PolicyChoice("noise", Map.of("layers", "fc\t3\t2"));

    assertThat(TraceSourcePolicy.replacing(noise, Path.of("/b/../c")))
        .hasToString("{kind: trace, missing: refuse, path: /c}");
  }
}
