package org.qmpbs.client.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.qmpbs.client.memory.ManualClock;
import org.qmpbs.client.output.ExitCode;
import org.qmpbs.pbs.Login;
import org.qmpbs.pbs.PbsServer;

/** Runs commands in a host that a test furnishes. */
final class TestHost {
  static final String CANARY = "canary-5b1f";

  final Map<String, String> environment =
      new HashMap<>(
          Map.of("PBS_REPOSITORY", "backup@pbs!q@pbs.example:store1", "PBS_PASSWORD", CANARY));
  final List<Consumer<ExitCode>> listeners = new CopyOnWriteArrayList<>();
  final ByteArrayOutputStream out = new ByteArrayOutputStream();
  final ByteArrayOutputStream err = new ByteArrayOutputStream();

  /** What is typed at the terminal, in order; nobody is there if it is null. */
  Deque<String> typed;

  final List<String> questions = new ArrayList<>();
  boolean outFails;
  ServerOpener servers =
      login -> {
        throw new IOException("no server in this test");
      };
  Login login;

  TestHost() {}

  TestHost(PbsServer server) {
    servers = login -> server;
  }

  int run(String... args) {
    out.reset();
    err.reset();
    return cli().run(args);
  }

  Cli cli() {
    Host host =
        new Host(
            environment,
            outFails ? stream(new FullStream()) : stream(out),
            stream(err),
            new ManualClock(),
            new SecureRandom(),
            asked -> {
              login = asked;
              return servers.open(asked);
            },
            listeners::add,
            new Typist());
    return new Cli(host);
  }

  private final class Typist implements Prompt {
    @Override
    public boolean isThere() {
      return typed != null;
    }

    @Override
    public String ask(String question) {
      questions.add(question);
      return typed.isEmpty() ? "" : typed.remove();
    }
  }

  /** As {@code /dev/full}. */
  private static final class FullStream extends OutputStream {
    @Override
    public void write(int octet) throws IOException {
      throw new IOException("No space left on device");
    }
  }

  private static PrintStream stream(OutputStream bytes) {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
  }

  String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  String err() {
    return err.toString(StandardCharsets.UTF_8);
  }
}
