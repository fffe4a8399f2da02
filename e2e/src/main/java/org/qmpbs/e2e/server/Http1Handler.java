package org.qmpbs.e2e.server;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/**
 * A connection as it begins: REST calls one after the other, until one of them makes it a session.
 * Used by one event loop; calls are carried out on worker threads.
 */
// What became of a write is told by the connection: a failed one closes it.
@SuppressWarnings("FutureReturnValueIgnored")
final class Http1Handler extends SimpleChannelInboundHandler<FullHttpRequest> {
  /** Path and query together (docs/protocol.md, "Opening a session"). */
  static final int MAX_URI = 3072;

  private static final int MAX_WAITING = 16;

  private final ServerContext server;
  private final Deque<Request> waiting = new ArrayDeque<>();
  private boolean busy;

  Http1Handler(ServerContext server) {
    this.server = server;
  }

  // Nobody compares requests.
  @SuppressWarnings("ArrayRecordComponent")
  private record Request(Call call, HttpHeaders headers, byte[] body, boolean keepAlive) {}

  /** Of two things a request can lead to, one is not null: an answer or a session. */
  private sealed interface Outcome {
    record Answered(Response response) implements Outcome {}

    record Upgraded(SessionOpener.Opened opened) implements Outcome {}
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest message) {
    waiting.add(
        new Request(
            Call.of(message.method().name(), message.uri()),
            message.headers().copy(),
            ByteBufUtil.getBytes(message.content()),
            HttpUtil.isKeepAlive(message)));
    if (waiting.size() > MAX_WAITING) {
      ctx.close();
    } else if (!busy) {
      next(ctx);
    }
  }

  private void next(ChannelHandlerContext ctx) {
    Request request = waiting.poll();
    busy = request != null;
    if (request != null) {
      server.log().add(request.call());
      server.execute(ctx.channel(), () -> consultFaults(ctx, request));
    }
  }

  private void consultFaults(ChannelHandlerContext ctx, Request request) {
    Fault fault = server.faults().before(request.call());
    if (fault instanceof Fault.Close || fault instanceof Fault.CutUpload) {
      ctx.close();
    } else if (fault instanceof Fault.Answer answer) {
      respond(ctx, request, Response.error(answer.status(), answer.text()));
    } else if (fault instanceof Fault.Delay delay) {
      ctx.executor()
          .schedule(
              () -> server.execute(ctx.channel(), () -> carryOut(ctx, request, fault)),
              delay.time().toMillis(),
              TimeUnit.MILLISECONDS);
    } else {
      carryOut(ctx, request, fault);
    }
  }

  private void carryOut(ChannelHandlerContext ctx, Request request, Fault fault) {
    Outcome outcome = outcome(request);
    if (fault instanceof Fault.SwallowAnswer || fault instanceof Fault.NeverAnswer) {
      if (outcome instanceof Outcome.Upgraded upgraded) {
        server.end(upgraded.opened().session());
      }
      if (fault instanceof Fault.SwallowAnswer) {
        ctx.close();
      }
    } else if (outcome instanceof Outcome.Upgraded upgraded) {
      ctx.executor().execute(() -> Upgrade.perform(ctx, server, upgraded.opened()));
    } else if (outcome instanceof Outcome.Answered answered) {
      respond(ctx, request, answered.response());
    }
  }

  private Outcome outcome(Request request) {
    SessionOpener.Opened[] opened = new SessionOpener.Opened[1];
    Response response =
        ServerContext.answering(
            () -> {
              Call call = request.call();
              if (call.path().length() + call.query().length() > MAX_URI) {
                throw new Refused(414, "");
              }
              String name = call.name();
              if (name.equals("GET " + SessionOpener.BACKUP_PATH)
                  || name.equals("GET " + SessionOpener.READER_PATH)) {
                opened[0] = open(request);
                server.openSessions().incrementAndGet();
                return Response.done();
              }
              return rest(request);
            });
    return opened[0] == null ? new Outcome.Answered(response) : new Outcome.Upgraded(opened[0]);
  }

  private SessionOpener.Opened open(Request request) throws Refused, IOException {
    Principal principal = server.settings().authenticator().authenticate(request.headers(), "GET");
    String upgrade = request.headers().get(HttpHeaderNames.UPGRADE);
    Call call = request.call();
    return call.path().equals(SessionOpener.BACKUP_PATH)
        ? server.opener().backup(principal, RequestParameters.decode(call.query()), upgrade)
        : server.opener().reader(principal, RequestParameters.decode(call.query()), upgrade);
  }

  private Response rest(Request request) throws Refused, IOException {
    return server
        .rest()
        .handle(
            request.call(),
            request.headers(),
            new RequestParameters(
                request.call().query(),
                request.headers().get(HttpHeaderNames.CONTENT_TYPE),
                new Endpoint.Body(request.body(), request.body().length)));
  }

  private void respond(ChannelHandlerContext ctx, Request request, Response response) {
    FullHttpResponse message =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.valueOf(response.status()),
            Unpooled.wrappedBuffer(response.body()));
    message
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, response.contentType())
        .set(HttpHeaderNames.CONTENT_LENGTH, response.body().length);
    response.headers().forEach((name, value) -> message.headers().set(name, value));
    ctx.executor()
        .execute(
            () -> {
              if (request.keepAlive()) {
                ctx.writeAndFlush(message);
                next(ctx);
              } else {
                ctx.writeAndFlush(message).addListener(ChannelFutureListener.CLOSE);
              }
            });
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // A broken connection or a broken client: either way there is nobody to talk to.
    ctx.close();
  }
}
