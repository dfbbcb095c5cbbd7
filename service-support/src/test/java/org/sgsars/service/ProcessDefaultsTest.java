package org.sgsars.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Numbers and names are the same whatever the machine speaks. */
final class ProcessDefaultsTest {
  private final Locale before = Locale.getDefault();
  private final Locale formatBefore = Locale.getDefault(Locale.Category.FORMAT);

  @AfterEach
  void restore() {
    Locale.setDefault(before);
    Locale.setDefault(Locale.Category.FORMAT, formatBefore);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"tr-TR", "ar-EG", "fa-IR", "bn-BD", "mr-IN", "ne-NP", "my-MM", "de-DE"})
  @SuppressWarnings("StringCaseLocaleUsage") // As libraries do.
  void set_anyLocale_localisesNothing(String locale) {
    Locale.setDefault(Locale.forLanguageTag(locale));

    ProcessDefaults.set();

    assertThat("%d %.2f".formatted(1234567890, 0.5)).isEqualTo("1234567890 0.50");
    assertThat("classic".toUpperCase()).isEqualTo("CLASSIC");
    assertThat("ID".toLowerCase()).isEqualTo("id");
  }
}
