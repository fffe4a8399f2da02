package org.qmpbs.nbd;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;

/** What goes with the options of the negotiation. */
final class OptionData {
  private OptionData() {}

  /** {@code NBD_OPT_GO}: the export, and that its block sizes will be respected. */
  static ByteBuffer go(String exportName) {
    byte[] name = Text.encode(exportName);
    return ByteBuffer.allocate(Integer.BYTES + name.length + 2 * Short.BYTES)
        .putInt(name.length)
        .put(name)
        .putShort((short) 1)
        .putShort((short) Proto.INFO_BLOCK_SIZE)
        .flip();
  }

  /** {@code NBD_OPT_SET_META_CONTEXT}. */
  static ByteBuffer setMetaContext(String exportName, List<String> contexts) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream data = new DataOutputStream(bytes)) {
      writeString(data, exportName);
      data.writeInt(contexts.size());
      for (String context : contexts) {
        writeString(data, context);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return ByteBuffer.wrap(bytes.toByteArray());
  }

  private static void writeString(DataOutputStream data, String text) throws IOException {
    byte[] utf8 = Text.encode(text);
    data.writeInt(utf8.length);
    data.write(utf8);
  }
}
