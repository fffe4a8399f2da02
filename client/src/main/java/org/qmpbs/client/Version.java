package org.qmpbs.client;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.Properties;

/**
 * The version of this program. On its own, so that {@code qmpbs --version} has not to wait until
 * the whole command line is loaded.
 *
 * @param number of the build, for instance 0.1.0
 */
public record Version(String number) {

  /** The one that was built. */
  public static Version current() throws IOException {
    Properties properties = new Properties();
    try (InputStream in = Version.class.getResourceAsStream("version.properties")) {
      properties.load(Objects.requireNonNull(in, "version.properties is in the jar"));
    }
    return new Version(properties.getProperty("version", "unknown"));
  }

  /** For people: with the Java that runs it. */
  public String line() {
    return "qmpbs " + number + " (Java " + Runtime.version() + ")";
  }
}
