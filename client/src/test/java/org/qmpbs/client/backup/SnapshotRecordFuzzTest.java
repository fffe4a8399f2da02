package org.qmpbs.client.backup;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import org.qmpbs.chunker.CorruptDataException;
import org.qmpbs.chunker.UnsupportedDataException;

class SnapshotRecordFuzzTest {
  @FuzzTest
  void decodesOrRefuses(byte[] content) throws IOException {
    SnapshotRecord read;
    try {
      read = SnapshotRecordCodec.decode(content);
    } catch (CorruptDataException | UnsupportedDataException e) {
      return;
    }
    SnapshotRecord again = SnapshotRecordCodec.decode(SnapshotRecordCodec.encode(read));
    if (!again.equals(read)) {
      throw new AssertionError("not the same after writing it: " + read + " and " + again);
    }
  }
}
