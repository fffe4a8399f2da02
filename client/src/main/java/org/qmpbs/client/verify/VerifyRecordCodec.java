package org.qmpbs.client.verify;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.BitSet;
import org.qmpbs.chunker.CorruptDataException;
import org.qmpbs.chunker.Digest;
import org.qmpbs.client.verify.VerifyRecord.Subject;

/**
 * Writes and reads {@link VerifyRecord}: three lines.
 *
 * <pre>
 * qmpbs verification 1
 * {"repository":"pbs.example:8007:store1", "namespace":"", "snapshot":"vm/100/…", "manifest":"…",
 *  "subset":"all", "seed":"0123456789abcdef", "plan":"…", "begun":"…", "saved":"…", "good":"…"}
 * SHA-256 of the second line
 * </pre>
 *
 * {@code good} is a set of bits in base64, the lowest first. The checksum is there because a single
 * bit that flips would make a chunk good that nobody has read.
 */
final class VerifyRecordCodec {
  /** 64 TiB of disks have 2 MiB of bits, and these a third more in base64. */
  static final int MAX_BYTES = 4 << 20;

  /** What such a file begins with; another version is another file. */
  static final String MAGIC = "qmpbs verification ";

  private static final String FIRST_LINE = MAGIC + "1\n";
  private static final String WHAT = "record of a verification";
  private static final int MAX_DEPTH = 4;
  private static final int HEX = 16;

  private static final ObjectMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_DEPTH)
                          .maxDocumentLength(MAX_BYTES)
                          .maxStringLength(MAX_BYTES)
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private VerifyRecordCodec() {}

  static byte[] encode(VerifyRecord verified) {
    Subject subject = verified.subject();
    String line =
        JSON.createObjectNode()
            .put("repository", subject.repository())
            .put("namespace", subject.namespace())
            .put("snapshot", subject.snapshot())
            .put("manifest", subject.manifest().hex())
            .put("subset", subject.subset())
            .put("seed", String.format("%016x", verified.seed()))
            .put("plan", verified.plan().hex())
            .put("begun", verified.begun().toString())
            .put("saved", verified.saved().toString())
            .put("good", Base64.getEncoder().encodeToString(verified.good().toByteArray()))
            .toString();
    return (FIRST_LINE + line + "\n" + Digest.sha256(line.getBytes(UTF_8)) + "\n").getBytes(UTF_8);
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @throws CorruptDataException if it is anything else
   */
  static VerifyRecord decode(byte[] file) throws CorruptDataException {
    if (file.length > MAX_BYTES) {
      throw corrupt(MAX_BYTES, "expected at most " + MAX_BYTES + " bytes, found " + file.length);
    }
    String text = new String(file, UTF_8);
    if (!text.startsWith(FIRST_LINE)) {
      throw corrupt(0, "expected '" + FIRST_LINE.strip() + "', found something else");
    }
    int end = text.indexOf('\n', FIRST_LINE.length());
    if (end < 0) {
      throw corrupt(file.length, "expected a second line, found the end");
    }
    String line = text.substring(FIRST_LINE.length(), end);
    String expected = Digest.sha256(line.getBytes(UTF_8)) + "\n";
    if (!text.substring(end + 1).equals(expected)) {
      throw corrupt(end + 1L, "expected checksum " + expected.strip() + ", found another");
    }
    try {
      return read(JSON.readTree(line));
    } catch (JsonProcessingException e) {
      throw corrupt(FIRST_LINE.length(), "expected JSON: " + e.getOriginalMessage());
    } catch (IllegalArgumentException | DateTimeException e) {
      throw corrupt(FIRST_LINE.length(), String.valueOf(e.getMessage()));
    }
  }

  private static VerifyRecord read(JsonNode root) {
    Subject subject =
        new Subject(
            text(root, "repository"),
            text(root, "namespace"),
            text(root, "snapshot"),
            Digest.parse(text(root, "manifest")),
            text(root, "subset"));
    return new VerifyRecord(
        subject,
        Long.parseUnsignedLong(text(root, "seed"), HEX),
        Digest.parse(text(root, "plan")),
        Instant.parse(text(root, "begun")),
        Instant.parse(text(root, "saved")),
        BitSet.valueOf(Base64.getDecoder().decode(text(root, "good"))));
  }

  private static String text(JsonNode root, String field) {
    JsonNode value = root.path(field);
    if (!value.isTextual()) {
      throw new IllegalArgumentException(
          "expected the text '" + field + "', found " + value.getNodeType());
    }
    String text = value.textValue();
    if (!text.chars().allMatch(c -> c >= ' ' && c <= '~')) {
      throw new IllegalArgumentException("expected printable ASCII in '" + field + "'");
    }
    return text;
  }

  private static CorruptDataException corrupt(long offset, String reason) {
    return new CorruptDataException(WHAT, offset, reason);
  }
}
