package org.qmpbs.client.backup;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import org.qmpbs.chunker.CorruptDataException;
import org.qmpbs.client.lookup.UnfinishedUpload;

/**
 * What a checkpoint says of itself in {@link UnfinishedUpload#RECORD_NAME}. It is not a {@link
 * SnapshotRecord} and names no bitmap, so that nothing can take a checkpoint for something to build
 * an increment on, not even a version of this program that knows no checkpoints.
 *
 * <pre>
 * {"version":1, "product":"qmpbs", "what":"checkpoint of an unfinished first upload, not a backup",
 *  "target":"0123456789abcdef", "run":"fedcba9876543210", "number":3, "upload":1700000000,
 *  "since":1699990000, "written":1699999000}
 * </pre>
 *
 * @param target as in {@link EpochName}
 * @param run random, so that two runs never write the same record
 * @param number from 1
 * @param upload time of the snapshot that the upload is to become
 * @param since when the first chunk was sent that it may refer to, also by an earlier run
 * @param written when the last one was
 */
record CheckpointRecord(
    String target, String run, int number, long upload, long since, long written) {
  private static final int VERSION = 1;
  private static final int MAX_BYTES = 64 << 10;
  private static final String PRODUCT = "qmpbs";
  private static final String WHAT =
      "record of a checkpoint (" + UnfinishedUpload.RECORD_NAME + ")";

  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxDocumentLength(MAX_BYTES).build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /** The blob's plain content. */
  byte[] encode() throws IOException {
    ObjectNode root = JSON.createObjectNode();
    root.put("version", VERSION).put("product", PRODUCT);
    root.put("what", "checkpoint of an unfinished first upload, not a backup");
    root.put("target", target).put("run", run).put("number", number).put("upload", upload);
    root.put("since", since).put("written", written);
    return JSON.writeValueAsBytes(root);
  }

  /**
   * Reads the plain content of a record of this program, of this version or a later one, and says
   * when the chunks were sent; the first one long ago if it does not say.
   *
   * @throws CorruptDataException if it is no such record
   */
  static Sent sentOf(byte[] content) throws CorruptDataException {
    JsonNode root = root(content);
    return new Sent(root.path("since").asLong(0), root.path("written").asLong(0));
  }

  /** When the chunks were sent that a checkpoint may refer to, in seconds since 1970. */
  record Sent(long first, long last) {}

  private static JsonNode root(byte[] content) throws CorruptDataException {
    JsonNode root;
    try {
      root = JSON.readTree(content);
    } catch (JsonProcessingException e) {
      throw new CorruptDataException(WHAT, 0, "expected JSON, found: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw new CorruptDataException(WHAT, 0, "expected JSON, found: " + e.getMessage());
    }
    if (!root.path("product").asText().equals(PRODUCT) || root.path("version").asInt() < VERSION) {
      throw new CorruptDataException(
          WHAT, 0, "expected product '" + PRODUCT + "' and a version, found " + root.getNodeType());
    }
    return root;
  }
}
