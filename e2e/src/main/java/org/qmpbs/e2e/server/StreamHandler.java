package org.qmpbs.e2e.server;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One call of a session. Everything but carrying it out happens on the connection's event loop. A
 * call that is refused before its body is complete is answered at once and the rest of the body is
 * not waited for, as with the real server.
 */
// What became of a write is told by the connection: a failed one closes it.
@SuppressWarnings("FutureReturnValueIgnored")
final class StreamHandler extends ChannelInboundHandlerAdapter {
  private final ServerContext server;
  private final Session session;
  private final CallGate gate;
  private final BodyCollector collector = new BodyCollector(BodyCollector.MAX_UPLOAD);

  private @Nullable Call call;
  private @Nullable String contentType;
  private @Nullable Admitted admitted;
  private Fault fault = new Fault.None();
  private boolean bodyComplete;
  private boolean answered;

  StreamHandler(ServerContext server, Session session, CallGate gate) {
    this.server = server;
    this.session = session;
    this.gate = gate;
  }

  /**
   * A call that exists.
   *
   * @param parameters of an upload, checked before its body; null if the body may hold them
   */
  private record Admitted(Endpoint endpoint, @Nullable Parameters parameters) {
    /** Most bytes that the body may have; longer ones are refused as soon as they are. */
    long maxLength() {
      return switch (endpoint.upload()) {
        case PARAMETERS -> BodyCollector.MAX_PARAMETERS;
        case CHUNK -> parameters == null ? 0 : parameters.integer("encoded-size");
        case BLOB, DISCARDED -> Long.MAX_VALUE;
      };
    }

    String tooLong() {
      return endpoint.upload() == Endpoint.Upload.CHUNK
          ? "uploaded chunk is larger than announced."
          : "Request body too large";
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    try {
      if (message instanceof Http2HeadersFrame headers) {
        bodyComplete |= headers.isEndStream();
        if (call == null) {
          begin(ctx, headers.headers());
        } else {
          advance(ctx);
        }
      } else if (message instanceof Http2DataFrame data) {
        bodyComplete |= data.isEndStream();
        if (!answered) {
          collector.add(data.content());
          advance(ctx);
        }
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void begin(ChannelHandlerContext ctx, Http2Headers headers) {
    Call arrived = Call.of(String.valueOf(headers.method()), String.valueOf(headers.path()));
    call = arrived;
    CharSequence type = headers.get("content-type");
    contentType = type == null ? null : type.toString();
    server.log().add(arrived);
    if (server.faults() == Faults.NONE) {
      admit(ctx, arrived);
      return;
    }
    // The hook may block, so the body waits in the connection's window meanwhile.
    ctx.channel().config().setAutoRead(false);
    server.execute(
        connection(ctx),
        () -> {
          Fault decided = server.faults().before(arrived);
          ctx.executor().execute(() -> applyFault(ctx, arrived, decided));
        });
  }

  private void applyFault(ChannelHandlerContext ctx, Call arrived, Fault decided) {
    fault = decided;
    if (decided instanceof Fault.Close) {
      connection(ctx).close();
    } else if (decided instanceof Fault.Answer answer) {
      answer(ctx, Response.error(answer.status(), answer.text()));
    } else if (decided instanceof Fault.Delay delay) {
      ctx.executor()
          .schedule(() -> admit(ctx, arrived), delay.time().toMillis(), TimeUnit.MILLISECONDS);
    } else {
      admit(ctx, arrived);
    }
  }

  private void admit(ChannelHandlerContext ctx, Call arrived) {
    try {
      if (arrived.path().length() + arrived.query().length() > Http1Handler.MAX_URI) {
        throw new Refused(414, "");
      }
      Optional<Endpoint> found = session.endpoint(arrived.name());
      Endpoint endpoint = found.orElseThrow(() -> Refused.pathNotFound(arrived.path()));
      Parameters parameters = null;
      if (endpoint.upload() != Endpoint.Upload.PARAMETERS) {
        parameters = endpoint.schema().verify(RequestParameters.decode(arrived.query()));
      }
      if (endpoint.upload() == Endpoint.Upload.DISCARDED) {
        collector.discard();
      } else if (parameters != null) {
        collector.expect(parameters.integer("encoded-size"));
      }
      admitted = new Admitted(endpoint, parameters);
    } catch (Refused e) {
      answer(ctx, Response.error(e.status(), e.text()));
    }
    ctx.channel().config().setAutoRead(true);
    advance(ctx);
  }

  /** Goes on if there is something to go on with. */
  private void advance(ChannelHandlerContext ctx) {
    Admitted now = admitted;
    Call arrived = call;
    if (answered || now == null || arrived == null) {
      return;
    }
    if (fault instanceof Fault.CutUpload cut && collector.length() >= cut.bytes()) {
      connection(ctx).close();
    } else if (collector.length() > now.maxLength()) {
      answer(ctx, Response.error(400, now.tooLong()));
    } else if (bodyComplete) {
      admitted = null;
      Endpoint.Body body = collector.body();
      server.execute(connection(ctx), () -> carryOut(ctx, now, arrived, body));
    }
  }

  /** On a worker thread. */
  private void carryOut(ChannelHandlerContext ctx, Admitted now, Call arrived, Endpoint.Body body) {
    if (!gate.enter()) {
      return;
    }
    Response response;
    try {
      response = ServerContext.answering(() -> handle(now, arrived, body));
    } finally {
      gate.exit();
    }
    if (fault instanceof Fault.SwallowAnswer) {
      connection(ctx).close();
    } else if (!(fault instanceof Fault.NeverAnswer)) {
      ctx.executor().execute(() -> answer(ctx, response));
    }
  }

  private Response handle(Admitted now, Call arrived, Endpoint.Body body)
      throws Refused, IOException {
    Parameters parameters = now.parameters();
    if (parameters == null) {
      parameters =
          new RequestParameters(arrived.query(), contentType, body).verify(now.endpoint().schema());
    }
    return now.endpoint().handler().handle(parameters, body);
  }

  private void answer(ChannelHandlerContext ctx, Response response) {
    if (answered) {
      return;
    }
    answered = true;
    boolean empty = response.body().length == 0;
    Http2Headers headers =
        new DefaultHttp2Headers()
            .status(String.valueOf(response.status()))
            .set("content-type", response.contentType())
            .setInt("content-length", response.body().length);
    ctx.write(new DefaultHttp2HeadersFrame(headers, empty));
    if (!empty) {
      ctx.write(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(response.body()), true))
          .addListener(written -> stopBody(ctx));
    } else {
      stopBody(ctx);
    }
    ctx.flush();
  }

  /** A reset without an error says: the answer stands, send no more. */
  private void stopBody(ChannelHandlerContext ctx) {
    if (!bodyComplete) {
      ctx.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.NO_ERROR));
    }
  }

  private static Channel connection(ChannelHandlerContext ctx) {
    return ctx.channel().parent();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // The client reset the stream, or its connection broke: this call has no listener any more.
    ctx.close();
  }
}
