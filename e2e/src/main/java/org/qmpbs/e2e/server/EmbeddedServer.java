package org.qmpbs.e2e.server;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.traffic.ChannelTrafficShapingHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/**
 * A server that speaks what a Proxmox Backup Server speaks, over real datastore folders. It is not
 * a mock: locks, checks, files on disk and the texts of refusals are those of the real one.
 *
 * <p>It listens on the loopback interface only.
 */
public final class EmbeddedServer implements AutoCloseable {
  private static final int HTTP_LINE = 8192;
  private static final int LOOPS = 2;

  private final EventLoopGroup loops;
  private final ChannelGroup connections;
  private final Channel listener;
  private final ServerContext context;
  private final String fingerprint;
  private final AtomicBoolean closed = new AtomicBoolean();

  private EmbeddedServer(
      EventLoopGroup loops,
      ChannelGroup connections,
      Channel listener,
      ServerContext context,
      String fingerprint) {
    this.loops = loops;
    this.connections = connections;
    this.listener = listener;
    this.context = context;
    this.fingerprint = fingerprint;
  }

  /**
   * A server that keeps its certificate in {@code folder}.
   *
   * @param folder is made if it is not there
   */
  public static EmbeddedServerBuilder builder(Path folder) {
    return new EmbeddedServerBuilder(folder);
  }

  static EmbeddedServer start(EmbeddedServerBuilder builder, Map<String, Datastore> datastores)
      throws IOException {
    Certificate certificate =
        Certificate.loadOrCreate(Files.createDirectories(builder.folder()), builder.clock());
    ServerSettings settings = builder.settings(datastores, certificate);
    SslContext tls =
        SslContextBuilder.forServer(certificate.key(), certificate.certificate()).build();
    ServerContext context =
        new ServerContext(
            settings,
            new SessionOpener(settings),
            new RestApi(settings),
            new Workers(),
            builder.faults(),
            new CallLog(),
            new AtomicInteger());
    EventLoopGroup loops =
        new MultiThreadIoEventLoopGroup(
            LOOPS, new DefaultThreadFactory("pbs-server-loop", true), NioIoHandler.newFactory());
    ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    boolean started = false;
    try {
      Channel listener =
          new ServerBootstrap()
              .group(loops)
              .channel(NioServerSocketChannel.class)
              .childHandler(
                  new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                      connections.add(channel);
                      if (builder.bytesPerSecond() > 0) {
                        channel.pipeline().addLast(throttle(builder.bytesPerSecond()));
                      }
                      channel
                          .pipeline()
                          .addLast(
                              tls.newHandler(channel.alloc()),
                              new HttpServerCodec(HTTP_LINE, HTTP_LINE, HTTP_LINE),
                              new HttpObjectAggregator(BodyCollector.MAX_UPLOAD),
                              new Http1Handler(context));
                    }
                  })
              .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), builder.port()))
              .syncUninterruptibly()
              .channel();
      started = true;
      return new EmbeddedServer(loops, connections, listener, context, certificate.fingerprint());
    } finally {
      if (!started) {
        context.workers().close();
        settings.tasks().close();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
      }
    }
  }

  private static ChannelTrafficShapingHandler throttle(long bytesPerSecond) {
    // Short intervals, or a slow link would look like a series of stalls.
    return new ChannelTrafficShapingHandler(bytesPerSecond, bytesPerSecond, 50);
  }

  /** The TCP port on 127.0.0.1. */
  public int port() {
    return ((InetSocketAddress) listener.localAddress()).getPort();
  }

  /** SHA-256 of the certificate, 32 hexadecimal bytes joined with colons. */
  public String fingerprint() {
    return fingerprint;
  }

  /** The notation that clients take, for instance {@code a@pbs!b@127.0.0.1:4711:store}. */
  public String repository(String authId, String datastore) {
    return authId + "@127.0.0.1:" + port() + ":" + datastore;
  }

  /**
   * The last requests in the order of their arrival, for instance {@code POST /fixed_close?wid=1}.
   */
  public List<String> calls() {
    return context.log().snapshot();
  }

  /** Forgets the calls so far. */
  public void clearCalls() {
    context.log().clear();
  }

  /**
   * Sessions that hold their locks: open ones, and those whose connection is gone but whose
   * unfinished snapshot is not removed yet.
   */
  public int openSessions() {
    return context.openSessions().get();
  }

  /** Closes all connections, as a network that fails. The server goes on. */
  public void dropConnections() {
    connections.close().awaitUninterruptibly();
  }

  /**
   * Records the outcome of a verification in a snapshot's manifest, which is all of a verification
   * that a client can see.
   *
   * @param namespace names joined with slashes, or the empty string
   * @param type {@code vm}, {@code ct} or {@code host}
   * @param time in seconds since 1970
   * @param ok false makes the server refuse to build on the snapshot
   */
  public void recordVerification(
      String datastore, String namespace, String type, String id, long time, boolean ok)
      throws IOException {
    SnapshotName snapshot =
        new SnapshotName(new GroupName(Namespace.of(namespace), type, id), time);
    try {
      context
          .settings()
          .datastore(datastore)
          .updateManifest(
              snapshot,
              unprotected ->
                  unprotected.set(
                      "verify_state",
                      JsonNodeFactory.instance
                          .objectNode()
                          .put("state", ok ? "ok" : "failed")
                          .put(
                              "upid",
                              "UPID:localhost:00000001:00000001:00000001:00000001:verify:"
                                  + datastore
                                  + ":root@pam:")));
    } catch (Refused e) {
      throw new IOException(e.text(), e);
    }
  }

  /** The datastores' folders by name. */
  public Map<String, Path> datastores() {
    return context.settings().datastores().values().stream()
        .collect(Collectors.toUnmodifiableMap(Datastore::name, Datastore::base));
  }

  /** Ends all sessions, which removes their unfinished snapshots, and frees the folders. */
  @Override
  public void close() throws IOException {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    listener.close().awaitUninterruptibly();
    connections.close().awaitUninterruptibly();
    loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    context.workers().close();
    context.settings().tasks().close();
    for (Datastore store : context.settings().datastores().values()) {
      store.close();
    }
  }
}
