package org.qmpbs.e2e.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/**
 * A session by hand: HTTP/2 frames over an upgraded connection, one call at a time. It keeps what
 * the server said about windows and frames, and does not obey its own flow control, as its calls
 * are far below the window.
 */
final class RawSession implements AutoCloseable {
  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int RST_STREAM = 3;
  private static final int SETTINGS = 4;
  private static final int PING = 6;
  private static final int GOAWAY = 7;
  private static final int WINDOW_UPDATE = 8;
  private static final int END_STREAM = 1;
  private static final int ACK = 1;
  private static final int END_HEADERS = 4;
  private static final int BIG_WINDOW = 1 << 30;
  private static final int DEFAULT_FRAME = 16_384;

  private final RawConnection connection;
  private final DataInputStream in;
  private final OutputStream out;
  private final DefaultHttp2HeadersEncoder encoder = new DefaultHttp2HeadersEncoder();
  private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder();
  private final Map<Integer, Long> settings = new TreeMap<>();
  private long connectionWindow = 65_535;
  private int nextStream = 1;

  /** Status and body of an answer. */
  @SuppressWarnings("ArrayRecordComponent")
  record Answer(int status, byte[] body, boolean reset) {
    String text() {
      return new String(body, StandardCharsets.UTF_8);
    }
  }

  /** The connection has had its 101. */
  RawSession(RawConnection connection) throws IOException {
    this.connection = connection;
    this.in = connection.in();
    this.out = connection.out();
    out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    ByteBuffer initial = ByteBuffer.allocate(6).putShort((short) 4).putInt(BIG_WINDOW);
    frame(SETTINGS, 0, 0, initial.array());
    frame(WINDOW_UPDATE, 0, 0, ByteBuffer.allocate(4).putInt(BIG_WINDOW).array());
    out.flush();
  }

  /** What the server announced, by the number of the setting. */
  Map<Integer, Long> settings() {
    return settings;
  }

  long connectionWindow() {
    return connectionWindow;
  }

  Answer call(String method, String path) throws IOException {
    return call(method, path, "", new byte[0]);
  }

  Answer json(String method, String path, String body) throws IOException {
    return call(method, path, "application/json", body.getBytes(StandardCharsets.UTF_8));
  }

  Answer call(String method, String path, String contentType, byte[] body) throws IOException {
    int stream = start(method, path, contentType, body.length == 0);
    if (body.length > 0) {
      send(stream, body, true);
    }
    return await(stream);
  }

  int start(String method, String path, String contentType, boolean last) throws IOException {
    int stream = nextStream;
    nextStream += 2;
    Http2Headers headers =
        new DefaultHttp2Headers().method(method).scheme("https").authority("localhost").path(path);
    if (!contentType.isEmpty()) {
      headers.set("content-type", contentType);
    }
    ByteBuf block = Unpooled.buffer();
    try {
      encoder.encodeHeaders(stream, headers, block);
    } catch (Http2Exception e) {
      throw new IOException(e);
    }
    byte[] bytes = new byte[block.readableBytes()];
    block.readBytes(bytes);
    frame(HEADERS, END_HEADERS | (last ? END_STREAM : 0), stream, bytes);
    out.flush();
    return stream;
  }

  void send(int stream, byte[] body, boolean last) throws IOException {
    for (int at = 0; at < body.length; at += DEFAULT_FRAME) {
      int end = Math.min(body.length, at + DEFAULT_FRAME);
      byte[] part = java.util.Arrays.copyOfRange(body, at, end);
      frame(DATA, last && end == body.length ? END_STREAM : 0, stream, part);
    }
    out.flush();
  }

  private void frame(int type, int flags, int stream, byte[] payload) throws IOException {
    ByteBuffer head = ByteBuffer.allocate(9);
    head.put((byte) (payload.length >>> 16)).putShort((short) payload.length);
    head.put((byte) type).put((byte) flags).putInt(stream);
    out.write(head.array());
    out.write(payload);
  }

  /** Reads until this stream's answer is complete; answers of others are not expected. */
  Answer await(int stream) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    int status = 0;
    while (true) {
      byte[] head = new byte[9];
      in.readFully(head);
      int length = (head[0] & 0xff) << 16 | (head[1] & 0xff) << 8 | (head[2] & 0xff);
      int id = ByteBuffer.wrap(head, 5, 4).getInt();
      byte[] payload = new byte[length];
      in.readFully(payload);
      switch (head[3]) {
        case DATA -> {
          if (id == stream) {
            body.write(payload);
          }
        }
        case HEADERS -> {
          if (id == stream) {
            status = Integer.parseInt(decode(stream, payload).status().toString());
          } else {
            decode(id, payload);
          }
        }
        case SETTINGS -> settings(head[4], payload);
        case PING -> {
          if (head[4] == 0) {
            frame(PING, ACK, 0, payload);
            out.flush();
          }
        }
        case WINDOW_UPDATE -> {
          if (id == 0) {
            connectionWindow += ByteBuffer.wrap(payload).getInt();
          }
        }
        case RST_STREAM -> {
          if (id == stream) {
            return new Answer(status, body.toByteArray(), true);
          }
        }
        case GOAWAY ->
            throw new EOFException("GOAWAY " + new String(payload, StandardCharsets.UTF_8));
        default -> throw new IOException("unexpected frame " + head[3]);
      }
      if (id == stream && (head[3] == DATA || head[3] == HEADERS) && (head[4] & END_STREAM) != 0) {
        return new Answer(status, body.toByteArray(), false);
      }
    }
  }

  private Http2Headers decode(int stream, byte[] block) throws IOException {
    try {
      return decoder.decodeHeaders(stream, Unpooled.wrappedBuffer(block));
    } catch (Http2Exception e) {
      throw new IOException(e);
    }
  }

  private void settings(int flags, byte[] payload) throws IOException {
    if ((flags & ACK) == 0) {
      ByteBuffer buffer = ByteBuffer.wrap(payload);
      while (buffer.hasRemaining()) {
        settings.put((int) buffer.getShort(), Integer.toUnsignedLong(buffer.getInt()));
      }
      frame(SETTINGS, ACK, 0, new byte[0]);
      out.flush();
    }
  }

  void kill() throws IOException {
    connection.kill();
  }

  @Override
  public void close() throws IOException {
    connection.close();
  }
}
