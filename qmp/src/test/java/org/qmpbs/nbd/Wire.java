package org.qmpbs.nbd;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Builds what a server sends, good or bad. */
final class Wire {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private Wire() {}

  static Wire bytes() {
    return new Wire();
  }

  Wire u16(int value) {
    return raw(ByteBuffer.allocate(2).putShort((short) value).array());
  }

  Wire u32(long value) {
    return raw(ByteBuffer.allocate(4).putInt((int) value).array());
  }

  Wire u64(long value) {
    return raw(ByteBuffer.allocate(8).putLong(value).array());
  }

  Wire raw(byte[] bytes) {
    out.writeBytes(bytes);
    return this;
  }

  byte[] done() {
    return out.toByteArray();
  }

  static byte[] optionReply(int option, int type, byte[] payload) {
    return bytes()
        .u64(Proto.OPTION_REPLY_MAGIC)
        .u32(option)
        .u32(type)
        .u32(payload.length)
        .raw(payload)
        .done();
  }

  static byte[] exportInfo(long size, int flags) {
    return bytes().u16(Proto.INFO_EXPORT).u64(size).u16(flags).done();
  }

  static byte[] blockSizes(long minimum, long preferred, long maximum) {
    return bytes().u16(Proto.INFO_BLOCK_SIZE).u32(minimum).u32(preferred).u32(maximum).done();
  }

  static byte[] chunk(int type, long cookie, boolean done, byte[] payload) {
    return header(type, cookie, done, payload.length).raw(payload).done();
  }

  static Wire header(int type, long cookie, boolean done, long length) {
    return bytes()
        .u32(Proto.STRUCTURED_REPLY_MAGIC)
        .u16(done ? Proto.REPLY_FLAG_DONE : 0)
        .u16(type)
        .u64(cookie)
        .u32(length);
  }

  static byte[] data(long cookie, boolean done, long offset, byte[] data) {
    return chunk(Proto.REPLY_TYPE_OFFSET_DATA, cookie, done, bytes().u64(offset).raw(data).done());
  }

  static byte[] hole(long cookie, boolean done, long offset, long size) {
    return chunk(Proto.REPLY_TYPE_OFFSET_HOLE, cookie, done, bytes().u64(offset).u32(size).done());
  }

  static byte[] none(long cookie) {
    return chunk(Proto.REPLY_TYPE_NONE, cookie, true, new byte[0]);
  }

  /** {@code pairs}: length and flags of each extent. */
  static byte[] status(long cookie, boolean done, int context, long... pairs) {
    Wire payload = bytes().u32(context);
    for (long value : pairs) {
      payload.u32(value);
    }
    return chunk(Proto.REPLY_TYPE_BLOCK_STATUS, cookie, done, payload.done());
  }

  static byte[] error(long cookie, boolean done, int errno, String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    byte[] payload = bytes().u32(errno).u16(utf8.length).raw(utf8).done();
    return chunk(Proto.REPLY_TYPE_ERROR, cookie, done, payload);
  }

  static byte[] errorAt(long cookie, boolean done, int errno, String text, long offset) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    byte[] payload = bytes().u32(errno).u16(utf8.length).raw(utf8).u64(offset).done();
    return chunk(Proto.REPLY_TYPE_ERROR_OFFSET, cookie, done, payload);
  }

  static byte[] simple(long cookie, int errno) {
    return bytes().u32(Proto.SIMPLE_REPLY_MAGIC).u32(errno).u64(cookie).done();
  }
}
