package org.qmpbs.pbs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import okhttp3.HttpUrl;
import org.qmpbs.chunker.Digest;

/**
 * An open archive on the server. Counts its appends, because the server compares the number at
 * close; an append of unknown fate makes that number unknown, and the archive useless.
 */
final class HttpFixedIndexWriter implements FixedIndexWriter {
  private final SessionCalls calls;
  private final String wid;
  private final String name;
  private final long size;
  private final CryptMode mode;
  private final Consumer<ManifestFile> onClose;
  private final AtomicLong appended = new AtomicLong();
  private final AtomicBoolean broken = new AtomicBoolean();

  HttpFixedIndexWriter(
      SessionCalls calls,
      int wid,
      String name,
      long size,
      CryptMode mode,
      Consumer<ManifestFile> onClose) {
    this.calls = calls;
    this.wid = Integer.toString(wid);
    this.name = name;
    this.size = size;
    this.mode = mode;
    this.onClose = onClose;
  }

  @Override
  public void uploadChunk(Digest digest, int plainSize, byte[] encoded, int encodedLength)
      throws IOException {
    HttpUrl url =
        SessionCalls.url("fixed_chunk")
            .addQueryParameter("wid", wid)
            .addQueryParameter("digest", digest.hex())
            .addQueryParameter("size", Integer.toString(plainSize))
            .addQueryParameter("encoded-size", Integer.toString(encodedLength))
            .build();
    JsonNode answer =
        calls.send(url, "POST", new ByteRangeBody(ByteRangeBody.BINARY, encoded, encodedLength));
    if (!digest.hex().equals(answer.textValue())) {
      throw new BadAnswerException(
          "fixed_chunk", "expected the digest " + digest + " back, found another");
    }
  }

  @Override
  public void append(List<IndexEntry> entries) throws IOException {
    if (entries.size() > MAX_APPEND) {
      throw new IllegalArgumentException(
          entries.size() + " positions in one append, " + MAX_APPEND + " are allowed");
    }
    requireWhole();
    if (entries.isEmpty()) {
      return;
    }
    ObjectNode request = Answers.MAPPER.createObjectNode();
    request.put("wid", Integer.parseInt(wid));
    ArrayNode digests = request.putArray("digest-list");
    ArrayNode offsets = request.putArray("offset-list");
    for (IndexEntry entry : entries) {
      digests.add(entry.digest().hex());
      offsets.add(entry.offset());
    }
    byte[] json = Answers.MAPPER.writeValueAsBytes(request);
    boolean sent = false;
    try {
      calls.send(
          SessionCalls.url("fixed_index").build(),
          "PUT",
          new ByteRangeBody(ByteRangeBody.JSON, json, json.length));
      appended.addAndGet(entries.size());
      sent = true;
    } finally {
      if (!sent) {
        broken.set(true);
      }
    }
  }

  @Override
  public ManifestFile close(Digest checksum) throws IOException {
    requireWhole();
    // With a reused index the server ignores the size and counts the appends only
    // (fixed_writer_close
    // in its src/api2/backup/environment.rs); the size of the image is right in both cases.
    HttpUrl url =
        SessionCalls.url("fixed_close")
            .addQueryParameter("wid", wid)
            .addQueryParameter("chunk-count", Long.toString(appended.get()))
            .addQueryParameter("size", Long.toString(size))
            .addQueryParameter("csum", checksum.hex())
            .build();
    calls.send(url, "POST", ByteRangeBody.empty());
    ManifestFile file = new ManifestFile(name, mode, size, checksum);
    onClose.accept(file);
    return file;
  }

  private void requireWhole() {
    if (broken.get()) {
      throw new IllegalStateException(
          "an append to " + name + " failed; the archive can only be dropped with its session");
    }
  }
}
