package org.qmpbs.client.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import org.qmpbs.client.output.Listing;
import org.qmpbs.pbs.key.MasterPublicKey;

/** A public master key; fields are named as the official client's. */
record MasterKeyReport(String done, Path path, MasterPublicKey key) implements Listing {
  @Override
  public List<String> text() {
    return List.of(
        done,
        "path:     " + path,
        "modulus:  " + modulus(),
        "exponent: " + key.exponent(),
        "length:   " + key.bits());
  }

  /** Whole bytes, in capitals, as OpenSSL prints it. */
  private String modulus() {
    String hex = key.modulus().toString(16).toUpperCase(java.util.Locale.ROOT);
    return hex.length() % 2 == 0 ? hex : "0" + hex;
  }

  @Override
  public void describe(ObjectNode summary) {
    summary
        .put("path", path.toString())
        .put("modulus", modulus())
        .put("exponent", key.exponent().toString())
        .put("length", key.bits());
  }
}
