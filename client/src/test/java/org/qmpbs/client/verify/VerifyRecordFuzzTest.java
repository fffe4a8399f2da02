package org.qmpbs.client.verify;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import org.qmpbs.chunker.CorruptDataException;
import org.qmpbs.chunker.Digest;

class VerifyRecordFuzzTest {
  /** The checksum is mended, or nothing behind it would ever be reached. */
  @FuzzTest
  void decodesOrRefuses(byte[] content) throws CorruptDataException {
    String line = new String(content, StandardCharsets.UTF_8).replace("\n", "");
    Digest checksum = Digest.sha256(line.getBytes(StandardCharsets.UTF_8));
    decode(content);
    decode(
        (VerifyRecordCodec.MAGIC + "1\n" + line + "\n" + checksum + "\n")
            .getBytes(StandardCharsets.UTF_8));
  }

  private static void decode(byte[] file) throws CorruptDataException {
    VerifyRecord read;
    try {
      read = VerifyRecordCodec.decode(file);
    } catch (CorruptDataException e) {
      return;
    }
    VerifyRecord again = VerifyRecordCodec.decode(VerifyRecordCodec.encode(read));
    if (!again.equals(read)) {
      throw new AssertionError("not the same after writing it: " + read + " and " + again);
    }
  }
}
