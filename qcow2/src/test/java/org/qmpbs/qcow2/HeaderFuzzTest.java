package org.qmpbs.qcow2;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;

class HeaderFuzzTest {
  @FuzzTest
  void anyBytesAreAHeaderWithinBoundsOrRefused(byte[] bytes) {
    parse(bytes);
    // Once more behind the checks that chance rarely passes.
    if (bytes.length >= 8) {
      ByteBuffer.wrap(bytes).putInt(0, HeaderFormat.MAGIC).putInt(4, 2 + (bytes[7] & 1));
      parse(bytes);
    }
  }

  private static void parse(byte[] head) {
    try {
      assertSane(HeaderParser.parse(head), head.length);
      assertThat(HeaderParser.clusterSize(head)).isBetween(512, 2 << 20);
    } catch (CorruptImageException e) {
      assertThat(e.offset()).isBetween(0L, (long) head.length);
    } catch (UnsupportedImageException e) {
      assertThat(e).hasMessageMatching("[ -~]+");
    }
  }

  private static void assertSane(Qcow2Header header, int length) {
    assertThat(header.clusterSize()).isBetween(512, 2 << 20);
    assertThat(header.virtualSize()).isNotNegative();
    assertThat(header.refcountBits()).isBetween(1, 64);
    assertThat(header.l1().entries()).isBetween(0, 4 << 20);
    assertThat(header.refcountTable().entries()).isBetween(64, 1 << 20);
    assertThat(header.l1().offset() % header.clusterSize()).isZero();
    for (HeaderExtension extension : header.extensions()) {
      assertThat(extension.offset() + extension.length()).isLessThanOrEqualTo(length);
    }
  }
}
