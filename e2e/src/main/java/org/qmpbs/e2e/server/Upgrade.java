package org.qmpbs.e2e.server;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http2.DefaultHttp2WindowUpdateFrame;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;

/**
 * Turns a connection into a session: 101, then HTTP/2 on the same connection. The HTTP/1 codec has
 * to be out of the pipeline before the HTTP/2 one comes in, or the first of its bytes would go
 * through the wrong one.
 */
// What became of a write is told by the connection: a failed one closes it.
@SuppressWarnings("FutureReturnValueIgnored")
final class Upgrade {
  /** The real server's windows and frames (docs/protocol.md, "Opening a session"). */
  private static final int WINDOW = 32 << 20;

  private static final int MAX_FRAME = 4 << 20;

  /**
   * Bodies are kept until they are whole, so this bounds a session's memory: 32 bodies of 4 MiB.
   * Holding back flow control instead could leave every body incomplete and nothing to go on with.
   */
  private static final int MAX_STREAMS = 32;

  private Upgrade() {}

  /** Runs on the connection's event loop. */
  static void perform(
      ChannelHandlerContext ctx, ServerContext server, SessionOpener.Opened opened) {
    Channel channel = ctx.channel();
    CallGate gate = new CallGate(() -> server.end(opened.session()));
    if (!channel.isActive()) {
      gate.close();
      return;
    }
    ChannelPipeline pipeline = channel.pipeline();
    pipeline.addLast(new SessionEnd(gate));
    FullHttpResponse switching =
        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.SWITCHING_PROTOCOLS);
    switching
        .headers()
        .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE)
        .set(HttpHeaderNames.UPGRADE, opened.protocol());
    ctx.writeAndFlush(switching)
        .addListener(
            written -> {
              if (written.isSuccess()) {
                pipeline.remove(HttpObjectAggregator.class);
                pipeline.remove(HttpServerCodec.class);
                pipeline.remove(Http1Handler.class);
                addHttp2(pipeline, server, opened.session(), gate);
              } else {
                channel.close();
              }
            });
  }

  private static void addHttp2(
      ChannelPipeline pipeline, ServerContext server, Session session, CallGate gate) {
    Http2Settings settings =
        Http2Settings.defaultSettings().maxFrameSize(MAX_FRAME).maxConcurrentStreams(MAX_STREAMS);
    Http2FrameCodec codec = Http2FrameCodecBuilder.forServer().initialSettings(settings).build();
    // Only now: a codec that is built with it raises the connection's window to twice as much.
    settings.initialWindowSize(WINDOW);
    ChannelHandler streams =
        new ChannelInitializer<Channel>() {
          @Override
          protected void initChannel(Channel stream) {
            stream.pipeline().addLast(new StreamHandler(server, session, gate));
          }
        };
    pipeline.addLast(codec, new Http2MultiplexHandler(streams));
    pipeline.writeAndFlush(
        new DefaultHttp2WindowUpdateFrame(WINDOW - Http2CodecUtil.DEFAULT_WINDOW_SIZE));
  }

  /** The session is the connection. */
  private static final class SessionEnd extends ChannelInboundHandlerAdapter {
    private final CallGate gate;

    SessionEnd(CallGate gate) {
      this.gate = gate;
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      gate.close();
      ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }
}
