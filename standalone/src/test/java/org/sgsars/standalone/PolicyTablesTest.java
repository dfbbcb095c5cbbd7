package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.sgsars.policy.Parameter;
import org.sgsars.policy.Policies;
import org.sgsars.policy.PolicyFamily;
import org.sgsars.policy.SettingsType;
import org.sgsars.sparsifier.QuantizationSettings;

/** What docs/EXPERIMENT.md says of policies is what they declare. */
final class PolicyTablesTest {
  private static final String FILE = "docs/EXPERIMENT.md";
  private static final Policies POLICIES = Policies.onClassPath();
  private static final List<Parameter> SHARED =
      SettingsType.of(QuantizationSettings.class).parameters();

  /** A table goes from its mark to the next empty line. */
  private static String withTable(String document, String mark, String table) {
    Pattern place =
        Pattern.compile("(<!-- table: " + mark + " -->\n).*?(?=\n\n|\\z)", Pattern.DOTALL);
    Matcher found = place.matcher(document);
    assertThat(found.find()).as("mark of table %s in %s", mark, FILE).isTrue();
    return found.replaceFirst("$1" + Matcher.quoteReplacement(table));
  }

  @Test
  void document_tablesOfPolicies_areWhatPoliciesDeclare() throws IOException {
    String document = Files.readString(Runs.PROJECT.resolve(FILE));
    for (PolicyFamily family :
        List.of(PolicyFamily.SOURCE, PolicyFamily.SPARSIFIER, PolicyFamily.LEVELLER)) {
      document =
          withTable(document, family.key() + "s", PolicyTables.policies(POLICIES, family, SHARED));
    }

    Documents.compare(
        FILE, withTable(document, "settings of sparsifiers", PolicyTables.settings(SHARED)));
  }
}
