package org.qmpbs.nbd;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.qmpbs.nbd.NbdNegotiationException.Reason;

/**
 * The handshake: fixed newstyle, structured replies, metadata contexts, then {@code NBD_OPT_GO}
 * with the server's block sizes. Nothing of that is optional here, so there is no fall-back: a
 * server that lacks any of it is refused by name. QEMU has had all of it since 4.0.
 */
final class Negotiation {
  /** One for each context, or a handful of information items; more is a server that never ends. */
  private static final int MAX_REPLIES = 64;

  private final WireInput in;
  private final WritableByteChannel out;
  private final String exportName;

  Negotiation(WireInput in, WritableByteChannel out, String exportName) {
    this.in = in;
    this.out = out;
    this.exportName = exportName;
  }

  /** Returns when the transmission phase has begun. */
  Export run(List<String> contexts) throws IOException {
    greet();
    try {
      requireStructuredReplies();
      Map<String, Integer> granted = contexts.isEmpty() ? Map.of() : selectContexts(contexts);
      return go(granted);
    } catch (NbdNegotiationException e) {
      abort(e);
      throw e;
    }
  }

  private void greet() throws IOException {
    long magic = in.readLong();
    if (magic != Proto.NBDMAGIC) {
      throw new NbdProtocolException(
          "first bytes (is this socket an NBD server's?)",
          in.position(),
          Long.toHexString(Proto.NBDMAGIC),
          Long.toHexString(magic));
    }
    long style = in.readLong();
    if (style == Proto.OLDSTYLE_MAGIC) {
      throw tooOld("oldstyle negotiation");
    }
    if (style != Proto.IHAVEOPT) {
      throw new NbdProtocolException(
          "magic of the newstyle negotiation",
          in.position(),
          Long.toHexString(Proto.IHAVEOPT),
          Long.toHexString(style));
    }
    int flags = in.readUnsignedShort();
    if ((flags & Proto.FLAG_FIXED_NEWSTYLE) == 0) {
      throw tooOld("newstyle negotiation that is not fixed");
    }
    send(
        ByteBuffer.allocate(Integer.BYTES)
            .putInt(Proto.FLAG_FIXED_NEWSTYLE | (flags & Proto.FLAG_NO_ZEROES)));
  }

  private void requireStructuredReplies() throws IOException {
    sendOption(Proto.OPT_STRUCTURED_REPLY, ByteBuffer.allocate(0));
    OptionReply reply = OptionReply.read(in, Proto.OPT_STRUCTURED_REPLY);
    if (reply.isError()) {
      throw refused("structured replies", reply);
    }
    if (reply.type() != Proto.REP_ACK) {
      throw reply.unexpected("NBD_OPT_STRUCTURED_REPLY");
    }
  }

  private Map<String, Integer> selectContexts(List<String> wanted) throws IOException {
    sendOption(Proto.OPT_SET_META_CONTEXT, OptionData.setMetaContext(exportName, wanted));
    Map<String, Integer> granted = new LinkedHashMap<>();
    for (int i = 0; i < MAX_REPLIES; i++) {
      OptionReply reply = OptionReply.read(in, Proto.OPT_SET_META_CONTEXT);
      if (reply.isError()) {
        throw refused("metadata contexts " + wanted, reply);
      }
      switch (reply.type()) {
        case Proto.REP_META_CONTEXT -> grant(reply, wanted, granted);
        case Proto.REP_ACK -> {
          requireAll(wanted, granted);
          return granted;
        }
        default -> throw reply.unexpected("NBD_OPT_SET_META_CONTEXT");
      }
    }
    throw endless("NBD_OPT_SET_META_CONTEXT");
  }

  private static void grant(OptionReply reply, List<String> wanted, Map<String, Integer> granted)
      throws NbdProtocolException {
    ByteBuffer payload = reply.payload();
    if (payload.remaining() < Integer.BYTES) {
      throw reply.violation("length of a metadata context", "4 or more", "" + payload.limit());
    }
    int id = payload.getInt();
    String name = reply.text();
    if (!wanted.contains(name) || granted.containsKey(name) || granted.containsValue(id)) {
      throw reply.violation(
          "metadata context",
          "each of " + wanted + " once and with a number of its own",
          "'" + name + "' as " + Integer.toUnsignedString(id) + " after " + granted);
    }
    granted.put(name, id);
  }

  private void requireAll(List<String> wanted, Map<String, Integer> granted)
      throws NbdNegotiationException {
    List<String> missing = wanted.stream().filter(name -> !granted.containsKey(name)).toList();
    if (!missing.isEmpty()) {
      throw new NbdNegotiationException(
          Reason.CONTEXT_NOT_GRANTED,
          "the NBD export '"
              + exportName
              + "' does not offer "
              + String.join(", ", missing)
              + ": a dirty bitmap has to be named when the export is made",
          null);
    }
  }

  private Export go(Map<String, Integer> contexts) throws IOException {
    sendOption(Proto.OPT_GO, OptionData.go(exportName));
    ExportInfo info = new ExportInfo();
    for (int i = 0; i < MAX_REPLIES; i++) {
      OptionReply reply = OptionReply.read(in, Proto.OPT_GO);
      if (reply.isError()) {
        throw refused("NBD_OPT_GO", reply);
      }
      switch (reply.type()) {
        case Proto.REP_INFO -> info.take(reply);
        case Proto.REP_ACK -> {
          return info.export(reply, contexts);
        }
        default -> throw reply.unexpected("NBD_OPT_GO");
      }
    }
    throw endless("NBD_OPT_GO");
  }

  private NbdNegotiationException refused(String what, OptionReply reply) {
    String text = reply.text();
    String said = text.isEmpty() ? "" : " (it says: " + text + ")";
    return switch (reply.type()) {
      case Proto.REP_ERR_UNKNOWN ->
          negotiation(
              Reason.UNKNOWN_EXPORT, "the NBD server has no export '" + exportName + "'" + said);
      case Proto.REP_ERR_UNSUP, Proto.REP_ERR_PLATFORM ->
          negotiation(
              Reason.OPTION_UNSUPPORTED,
              "the NBD server does not support " + what + ", which is needed" + said);
      case Proto.REP_ERR_TLS_REQD ->
          negotiation(
              Reason.TLS_REQUIRED,
              "the NBD server demands TLS; export '"
                  + exportName
                  + "' through a unix socket without tls-creds"
                  + said);
      case Proto.REP_ERR_SHUTDOWN ->
          negotiation(Reason.SHUTTING_DOWN, "the NBD server is shutting down" + said);
      default ->
          negotiation(
              Reason.REFUSED,
              "the NBD server refused "
                  + what
                  + " for export '"
                  + exportName
                  + "' with error "
                  + (reply.type() & ~Proto.REP_FLAG_ERROR)
                  + said);
    };
  }

  private NbdProtocolException endless(String option) {
    return new NbdProtocolException(
        "replies to " + option, in.position(), "at most " + MAX_REPLIES, "more");
  }

  private static NbdNegotiationException tooOld(String style) {
    return negotiation(
        Reason.TOO_OLD, "the NBD server offers only " + style + ", fixed newstyle is needed");
  }

  private static NbdNegotiationException negotiation(Reason reason, String message) {
    return new NbdNegotiationException(reason, message, null);
  }

  /** The polite end, which keeps QEMU from logging a broken client; why we leave counts more. */
  private void abort(NbdNegotiationException why) {
    try {
      sendOption(Proto.OPT_ABORT, ByteBuffer.allocate(0));
    } catch (IOException e) {
      why.addSuppressed(e);
    }
  }

  private void sendOption(int option, ByteBuffer data) throws IOException {
    ByteBuffer header = ByteBuffer.allocate(16 + data.remaining());
    send(header.putLong(Proto.IHAVEOPT).putInt(option).putInt(data.remaining()).put(data));
  }

  private void send(ByteBuffer filled) throws IOException {
    filled.flip();
    while (filled.hasRemaining()) {
      out.write(filled);
    }
  }
}
