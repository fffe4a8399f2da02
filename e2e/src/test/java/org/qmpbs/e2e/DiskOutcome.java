package org.qmpbs.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;

/**
 * What a backup's JSON summary says about one disk.
 *
 * @param archive its name, with {@code .fidx}
 * @param incremental whether a bitmap was trusted
 * @param reason of a full read, empty for an incremental one
 * @param read bytes
 * @param uploadedChunks chunks the server did not know
 */
record DiskOutcome(
    String archive, boolean incremental, String reason, long read, long uploadedChunks) {
  static DiskOutcome of(JsonNode json) {
    boolean incremental = json.get("plan").asText().equals("incremental");
    return new DiskOutcome(
        json.get("archive").asText(),
        incremental,
        incremental ? "" : json.get("reason").asText().toUpperCase(Locale.ROOT).replace('-', '_'),
        json.get("bytes_read").asLong(),
        json.get("chunks_sent").asLong());
  }

  DiskOutcome assertIncremental() {
    assertThat(incremental).as("incremental: %s", this).isTrue();
    return this;
  }

  /** Everything was read, for one of these reasons, names of {@code FullReadReason}. */
  DiskOutcome assertFull(String... reasons) {
    assertThat(incremental).as("incremental: %s", this).isFalse();
    assertThat(reason).as("reason: %s", this).isIn((Object[]) reasons);
    return this;
  }

  /** At most this much was read. */
  DiskOutcome assertReadAtMost(long bytes) {
    assertThat(read).as("read: %s", this).isLessThanOrEqualTo(bytes);
    return this;
  }

  DiskOutcome assertUploaded(long chunks) {
    assertThat(uploadedChunks).as("uploaded chunks: %s", this).isEqualTo(chunks);
    return this;
  }
}
