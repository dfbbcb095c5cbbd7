package org.sgsars.standalone;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.sgsars.log.LogClients;
import org.sgsars.log.TimeSource;
import org.sgsars.log.memory.MemoryLog;
import org.sgsars.log.memory.MemorySettings;

/** The log in memory keeps to it. */
final class MemoryLogContractTest extends LogContract {
  private final Map<Kind, MemoryLog> logs = new EnumMap<>(Kind.class);

  @Override
  LogClients clients(Kind kind) {
    return logs.computeIfAbsent(kind, k -> MemoryLog.forThreads(settings(k), TimeSource.SYSTEM))
        .clients();
  }

  private static MemorySettings settings(Kind kind) {
    return switch (kind) {
      case EAGER -> MemorySettings.DEFAULTS;
      case COOPERATIVE -> MemorySettings.DEFAULTS.withCooperativeGroups();
      case IMPATIENT ->
          MemorySettings.DEFAULTS.withMemberTimeouts(Duration.ofSeconds(10), Duration.ofSeconds(1));
    };
  }
}
