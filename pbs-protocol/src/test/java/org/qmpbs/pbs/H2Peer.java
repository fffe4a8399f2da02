package org.qmpbs.pbs;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import javax.net.ssl.SSLSocket;

/**
 * The server's end of an HTTP/2 connection, frame by frame, so that a test can break it at any
 * place. Answers SETTINGS and PING by itself; one thread reads, any thread may write.
 */
final class H2Peer {
  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int PING = 6;
  static final int GOAWAY = 7;
  static final int WINDOW_UPDATE = 8;
  private static final int END_STREAM = 1;
  private static final int END_HEADERS = 4;
  private static final int ACK = 1;
  private static final int PREFACE = 24;
  private static final int WINDOW = 32 << 20;

  /** A whole request. */
  record Call(
      int stream,
      String method,
      String path,
      Map<String, String> query,
      String contentType,
      byte[] body) {
    String text() {
      return new String(body, StandardCharsets.UTF_8);
    }
  }

  private record Frame(int type, int flags, int stream, byte[] payload) {}

  private final SSLSocket socket;
  private final DataInputStream in;
  private final DefaultHttp2HeadersDecoder hpack = new DefaultHttp2HeadersDecoder();
  private final Map<Integer, Http2Headers> headers = new HashMap<>();
  private final Map<Integer, ByteArrayOutputStream> bodies = new HashMap<>();
  private boolean prefaceRead;
  volatile boolean answerPings = true;

  H2Peer(SSLSocket socket) throws IOException {
    this.socket = socket;
    this.in = new DataInputStream(socket.getInputStream());
  }

  /** The real server's: 32 MiB windows and 4 MiB frames. */
  static byte[] serverPreface() {
    byte[] settings =
        ByteBuffer.allocate(12)
            .putShort((short) 4)
            .putInt(WINDOW)
            .putShort((short) 5)
            .putInt(4 << 20)
            .array();
    byte[] window = ByteBuffer.allocate(4).putInt(WINDOW - 65_535).array();
    ByteArrayOutputStream preface = new ByteArrayOutputStream();
    preface.writeBytes(frame(SETTINGS, 0, 0, settings));
    preface.writeBytes(frame(WINDOW_UPDATE, 0, 0, window));
    return preface.toByteArray();
  }

  static byte[] frame(int type, int flags, int stream, byte[] payload) {
    return ByteBuffer.allocate(9 + payload.length)
        .put((byte) (payload.length >> 16))
        .putShort((short) payload.length)
        .put((byte) type)
        .put((byte) flags)
        .putInt(stream)
        .put(payload)
        .array();
  }

  /** The next request whose end has arrived. */
  Call next() throws IOException {
    while (true) {
      Frame frame = read();
      if (frame.type() == DATA) {
        bodies.get(frame.stream()).writeBytes(frame.payload());
      }
      boolean ends = (frame.flags() & END_STREAM) != 0;
      if ((frame.type() == DATA || frame.type() == HEADERS) && ends) {
        return call(frame.stream());
      }
    }
  }

  /** Reads up to the first DATA frame of any request, body unfinished. */
  int awaitBodyStart() throws IOException {
    while (true) {
      Frame frame = read();
      if (frame.type() == DATA && frame.payload().length > 0) {
        return frame.stream();
      }
    }
  }

  private Call call(int stream) {
    Http2Headers head = headers.remove(stream);
    URI uri = URI.create(head.path().toString());
    Map<String, String> query = new HashMap<>();
    if (uri.getQuery() != null) {
      for (String pair : uri.getQuery().split("&")) {
        query.put(pair.replaceFirst("=.*", ""), pair.replaceFirst("[^=]*=", ""));
      }
    }
    return new Call(
        stream,
        head.method().toString(),
        uri.getPath().substring(1),
        query,
        String.valueOf(head.get("content-type")),
        bodies.remove(stream).toByteArray());
  }

  private Frame read() throws IOException {
    if (!prefaceRead) {
      in.readNBytes(PREFACE);
      prefaceRead = true;
    }
    int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
    int type = in.readUnsignedByte();
    int flags = in.readUnsignedByte();
    int stream = in.readInt() & Integer.MAX_VALUE;
    byte[] payload = in.readNBytes(length);
    if (payload.length < length) {
      throw new EOFException();
    }
    if (type == HEADERS) {
      try {
        headers.put(stream, hpack.decodeHeaders(stream, Unpooled.wrappedBuffer(payload)));
      } catch (Http2Exception e) {
        throw new IOException(e);
      }
      bodies.put(stream, new ByteArrayOutputStream());
    } else if (type == SETTINGS && (flags & ACK) == 0) {
      write(frame(SETTINGS, ACK, 0, new byte[0]));
    } else if (type == PING && (flags & ACK) == 0 && answerPings) {
      write(frame(PING, ACK, 0, payload));
    }
    return new Frame(type, flags, stream, payload);
  }

  void answer(Call call, int status, byte[] body) throws IOException {
    answer(call.stream(), status, body, true);
  }

  void answer(Call call, int status, String body) throws IOException {
    answer(call, status, body.getBytes(StandardCharsets.UTF_8));
  }

  /** Without an end the client waits for more. */
  void answer(int stream, int status, byte[] body, boolean end) throws IOException {
    // Literal field without indexing, name :status from the static table (RFC 7541, 6.2.2).
    byte[] code = Integer.toString(status).getBytes(StandardCharsets.US_ASCII);
    byte[] head = ByteBuffer.allocate(5).put((byte) 8).put((byte) 3).put(code).array();
    write(frame(HEADERS, END_HEADERS, stream, head));
    int sent = 0;
    do {
      int length = Math.min(16_384, body.length - sent);
      byte[] part = java.util.Arrays.copyOfRange(body, sent, sent + length);
      sent += length;
      write(frame(DATA, end && sent == body.length ? END_STREAM : 0, stream, part));
    } while (sent < body.length);
  }

  void reset(int stream, int code) throws IOException {
    write(frame(RST_STREAM, 0, stream, ByteBuffer.allocate(4).putInt(code).array()));
  }

  void goAway(int lastStream) throws IOException {
    write(frame(GOAWAY, 0, 0, ByteBuffer.allocate(8).putInt(lastStream).putInt(0).array()));
  }

  synchronized void write(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
  }

  void close() throws IOException {
    socket.close();
  }
}
