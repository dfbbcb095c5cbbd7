package org.sgsars.service;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.sgsars.failure.ServiceException;

/** Settings of Kafka clients, such as those for TLS and SASL, as Kafka itself names them. */
public final class KafkaProperties {
  private static final String PREFIX = "SGSARS_KAFKA_PROPERTIES_";
  private static final String FILE = PREFIX + "FILE";

  private KafkaProperties() {}

  /**
   * Those that an environment holds: {@code SGSARS_KAFKA_PROPERTIES_SECURITY_PROTOCOL} is {@code
   * security.protocol}. Kafka's names have dots where the variable has underscores, and nothing
   * else.
   */
  public static Map<String, String> of(Map<String, String> environment) {
    Map<String, String> found = new TreeMap<>();
    environment.forEach(
        (variable, value) -> {
          if (variable.startsWith(PREFIX) && !variable.equals(FILE)) {
            String name = variable.substring(PREFIX.length()).toLowerCase(Locale.ROOT);
            found.put(name.replace('_', '.'), value);
          }
        });
    return found;
  }

  /**
   * Reads a file of {@code name=value} lines: what Kafka's own tools take as {@code
   * --command-config}.
   *
   * @throws ServiceException if it cannot be read, naming it
   */
  public static Map<String, String> read(Path file) {
    Properties properties = new Properties();
    try (Reader in = Files.newBufferedReader(file)) {
      properties.load(in);
    } catch (NoSuchFileException e) {
      throw new ServiceException("Kafka properties file " + file + " does not exist", e);
    } catch (IOException | IllegalArgumentException e) {
      throw new ServiceException(
          "Kafka properties file %s cannot be read: %s".formatted(file, e.getMessage()), e);
    }
    Map<String, String> read = new TreeMap<>();
    properties.stringPropertyNames().forEach(name -> read.put(name, properties.getProperty(name)));
    return read;
  }
}
