package org.qmpbs.client.backup;

import java.util.HexFormat;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/** Eight hexadecimal digits that tell the runs of this program apart, on disk and in QEMU. */
record RunId(String text) {
  private static final Pattern FORM = Pattern.compile("[0-9a-f]{8}");

  RunId {
    if (!FORM.matcher(text).matches()) {
      throw new IllegalArgumentException("'" + text + "' is not a run");
    }
  }

  static RunId random(RandomGenerator random) {
    return new RunId(HexFormat.of().toHexDigits(random.nextInt()));
  }

  @Override
  public String toString() {
    return text;
  }
}
