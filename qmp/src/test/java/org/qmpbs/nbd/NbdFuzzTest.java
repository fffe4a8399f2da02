package org.qmpbs.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.nio.channels.Channels;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** Whatever a server sends: a result, a violation or the end of the stream, nothing else. */
class NbdFuzzTest {
  private static final byte UNTOUCHED = 0x55;

  @FuzzTest
  void repliesAreParsedOrRefused(byte[] stream) throws Exception {
    RequestTable table = new RequestTable(3);
    byte[] small = guarded(8);
    byte[] large = guarded(70_000);
    List<Request<?>> requests =
        List.of(
            new ReadRequest(1000, 8, small, 1),
            new StatusRequest(4096, 8192, 4096, Set.of(10, 11), 10),
            new ReadRequest(0, 70_000, large, 1));
    for (Request<?> request : requests) {
      table.awaitSlot();
      table.add(request);
    }
    ReplyReader reader = new ReplyReader(input(stream), table);
    try {
      while (true) {
        reader.next();
      }
    } catch (NbdProtocolException | EOFException e) {
      table.condemn(new NbdConnectionLostException("end of the input", e));
      table.failAll();
    }
    assertThat(requests).allMatch(request -> request.future.isDone());
    assertThat(table.isEmpty()).isTrue();
    for (byte[] target : List.of(small, large)) {
      assertThat(target[0]).isEqualTo(UNTOUCHED);
      assertThat(target[target.length - 1]).isEqualTo(UNTOUCHED);
    }
  }

  @FuzzTest
  void negotiationsSucceedOrAreRefused(byte[] stream) throws Exception {
    Negotiation negotiation =
        new Negotiation(input(stream), Channels.newChannel(new ByteArrayOutputStream()), "disk");
    try {
      Export export = negotiation.run(List.of("base:allocation"));
      assertThat(export.size()).isNotNegative();
      assertThat(export.maximumRequest())
          .isBetween(export.minimumBlock(), Proto.MAX_PAYLOAD)
          .matches(size -> size % export.minimumBlock() == 0);
      assertThat(export.contexts()).containsOnlyKeys("base:allocation");
    } catch (NbdProtocolException | NbdNegotiationException | EOFException e) {
      assertThat(e.getMessage()).isNotBlank();
    }
  }

  private static byte[] guarded(int length) {
    byte[] target = new byte[length + 2];
    Arrays.fill(target, UNTOUCHED);
    return target;
  }

  private static WireInput input(byte[] stream) {
    return new WireInput(Channels.newChannel(new ByteArrayInputStream(stream)));
  }
}
