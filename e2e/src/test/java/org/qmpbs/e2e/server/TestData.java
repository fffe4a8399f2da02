package org.qmpbs.e2e.server;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.zip.CRC32;
import org.qmpbs.chunker.Chunks;
import org.qmpbs.chunker.Digest;

/** Bodies that are the same in every run. */
final class TestData {
  private static final byte[] PLAIN_MAGIC = {
    66, (byte) 171, 56, 7, (byte) 190, (byte) 131, 112, (byte) 161
  };

  private TestData() {}

  static byte[] random(long seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  static byte[] chunk(long seed) {
    return random(seed, Chunks.SIZE);
  }

  /** An uncompressed blob with the right CRC, made here and not by the code under test. */
  static byte[] blob(byte[] plain) {
    ByteBuffer blob = ByteBuffer.allocate(12 + plain.length).order(ByteOrder.LITTLE_ENDIAN);
    CRC32 crc = new CRC32();
    crc.update(plain);
    return blob.put(PLAIN_MAGIC).putInt((int) crc.getValue()).put(plain).array();
  }

  static Digest checksum(byte[]... chunks) {
    ByteBuffer digests = ByteBuffer.allocate(chunks.length * Digest.BYTES);
    for (byte[] chunk : chunks) {
      digests.put(Digest.sha256(chunk).toBytes());
    }
    return Digest.sha256(digests.array());
  }

  /** The least that the server takes as a manifest. */
  static byte[] manifest(String type, String id, long time) {
    ObjectNode manifest = new ObjectMapper().createObjectNode();
    manifest.put("backup-type", type).put("backup-id", id).put("backup-time", time);
    manifest.putArray("files");
    manifest.putObject("unprotected");
    return blob(manifest.toString().getBytes(StandardCharsets.UTF_8));
  }
}
