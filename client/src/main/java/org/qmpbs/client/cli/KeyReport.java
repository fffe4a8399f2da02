package org.qmpbs.client.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.qmpbs.chunker.KeyFingerprint;
import org.qmpbs.client.output.Listing;
import org.qmpbs.pbs.key.KeyFile;

/**
 * What may be shown of a key file: everything but the key. Fields are named as the official
 * client's.
 */
record KeyReport(
    String done,
    Path path,
    String kdf,
    Instant created,
    Instant modified,
    Optional<KeyFingerprint> fingerprint,
    Optional<String> hint)
    implements Listing {

  static KeyReport of(String done, Path path, KeyFile file) {
    return new KeyReport(
        done,
        path,
        file.kdf().id(),
        file.created(),
        file.modified(),
        file.fingerprint(),
        file.hint());
  }

  @Override
  public List<String> text() {
    List<String> lines = new ArrayList<>();
    lines.add(done);
    lines.add("path:        " + path);
    lines.add("kdf:         " + kdf);
    lines.add("created:     " + created);
    lines.add("modified:    " + modified);
    lines.add("fingerprint: " + fingerprint.map(KeyFingerprint::toString).orElse("-"));
    hint.ifPresent(text -> lines.add("hint:        " + text.replaceAll("\\p{Cntrl}", " ")));
    return lines;
  }

  @Override
  public void describe(ObjectNode summary) {
    summary
        .put("path", path.toString())
        .put("kdf", kdf)
        .put("created", created.getEpochSecond())
        .put("modified", modified.getEpochSecond())
        .put("fingerprint", fingerprint.map(KeyFingerprint::toString).orElse(null))
        .put("hint", hint.orElse(null));
  }
}
