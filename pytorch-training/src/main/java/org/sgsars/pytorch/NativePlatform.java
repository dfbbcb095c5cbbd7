package org.sgsars.pytorch;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * Where there is a native library of PyTorch for Java. The module's {@code pom.xml} and {@code
 * ./sgs-ars} choose it by the same platforms.
 */
enum NativePlatform {
  LINUX_X86_64("linux-x86_64", "linux", "amd64"),
  LINUX_AARCH64("linux-aarch64", "linux", "aarch64"),
  OSX_AARCH64("osx-aarch64", "mac", "aarch64");

  /** All of them, for people. */
  static final String ALLOWED = "Linux on x86-64 or arm64, macOS on arm64";

  private final String classifier;
  private final String system;
  private final String architecture;

  NativePlatform(String classifier, String system, String architecture) {
    this.classifier = classifier;
    this.system = system;
    this.architecture = architecture;
  }

  /** Of the library's artifact, {@code ai.djl.pytorch:pytorch-native-cpu}. */
  String classifier() {
    return classifier;
  }

  /**
   * The platform of a Java; empty if there is no library for it.
   *
   * @param osName its {@code os.name}, such as {@code Mac OS X}
   * @param osArch its {@code os.arch}, such as {@code aarch64}
   */
  static Optional<NativePlatform> of(String osName, String osArch) {
    String name = osName.toLowerCase(Locale.ROOT);
    return Arrays.stream(values())
        .filter(platform -> name.startsWith(platform.system))
        .filter(platform -> osArch.equals(platform.architecture))
        .findAny();
  }

  /** That of this Java. */
  static Optional<NativePlatform> here() {
    return of(System.getProperty("os.name"), System.getProperty("os.arch"));
  }
}
