package org.sgsars.service;

import java.util.Locale;

/** What holds in every process of sgs-ars, whatever machine it runs on. */
public final class ProcessDefaults {
  private ProcessDefaults() {}

  /**
   * Has to be the first call of every {@code main}: libraries write numbers and look up names by
   * the default locale.
   */
  public static void set() {
    // With Arabic digits a port is none to Kafka, and with Turkish letters "classic" is no CLASSİC.
    // English is what Java takes where no locale is set.
    Locale.setDefault(Locale.ENGLISH);
  }
}
