package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** docs/reference/settings.md has every setting of the services, with the default of each. */
final class SettingsDocumentTest {
  private static final String FILE = "docs/reference/settings.md";
  private static final String ROOT = "sgsars";

  /** Of Kafka's clients, which have no default in the files. */
  private static final String CLIENT_PROPERTIES = "sgsars.kafka.properties.";

  static final List<String> SERVICES =
      List.of(
          "gradient-producer",
          "sgs-service",
          "ars-controller",
          "crossbar-sim",
          "lifetime-analyzer");

  /** A row of a table: its setting, any cells between, and its default. */
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `(sgsars[^`]+)` \\|.*\\| (.+) \\|$");

  private static Map<String, Object> settings(String service) throws IOException {
    String yaml =
        Files.readString(Runs.PROJECT.resolve(service + "/src/main/resources/application.yml"));
    Map<String, Object> found = new LinkedHashMap<>();
    flatten("", new Load(LoadSettings.builder().build()).loadFromString(yaml), found);
    return found;
  }

  private static void flatten(String path, Object node, Map<String, Object> into) {
    if (node instanceof Map<?, ?> section) {
      section.forEach(
          (key, value) -> flatten(path.isEmpty() ? "" + key : path + "." + key, value, into));
    } else {
      into.put(path, node);
    }
  }

  /** The last cell of each setting's row. */
  private static Map<String, String> documented() throws IOException {
    Map<String, String> defaults = new LinkedHashMap<>();
    ROW.matcher(Files.readString(Runs.PROJECT.resolve(FILE)))
        .results()
        .forEach(row -> defaults.put(row.group(1), row.group(2)));
    return defaults;
  }

  @ParameterizedTest
  @FieldSource("SERVICES")
  void document_settingsOfTheService_haveItsDefaults(String service) throws IOException {
    Map<String, String> documented = documented();

    settings(service)
        .forEach(
            (setting, value) -> {
              if (setting.startsWith(ROOT + ".")) {
                assertThat(documented).as("settings in %s", FILE).containsKey(setting);
                String text = "" + value;
                assertThat(documented.get(setting))
                    .as("default of %s in %s", setting, FILE)
                    .startsWith(
                        text.isEmpty() ? "empty" : "`" + text.replace(service, "SERVICE") + "`");
              }
            });
  }

  @ParameterizedTest
  @FieldSource("SERVICES")
  void document_portOfTheService_isItsDefault(String service) throws IOException {
    assertThat(Files.readString(Runs.PROJECT.resolve(FILE)))
        .contains("| %s | %s |".formatted(service, settings(service).get("micronaut.server.port")));
  }

  @Test
  void document_settings_areThoseOfSomeService() throws IOException {
    Set<String> there = new TreeSet<>();
    for (String service : SERVICES) {
      there.addAll(settings(service).keySet());
    }
    Set<String> named = new TreeSet<>(documented().keySet());
    named.removeIf(setting -> setting.startsWith(CLIENT_PROPERTIES));

    assertThat(there).containsAll(named);
  }
}
