package org.qmpbs.client.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.qmpbs.chunker.EncryptionKey;
import org.qmpbs.client.benchmark.Benchmark;
import org.qmpbs.client.benchmark.Measure;
import org.qmpbs.client.output.ExitCode;
import org.qmpbs.client.output.Output;
import org.qmpbs.client.output.Report;
import org.qmpbs.client.read.JobStop;
import org.qmpbs.pbs.PbsServer;
import org.qmpbs.pbs.SpeedTest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code qmpbs benchmark}. */
@Command(
    name = "benchmark",
    description = "Measure how fast this host, and the server if one is given, can do backups.",
    mixinStandardHelpOptions = true)
final class BenchmarkCommand implements CliCommand {
  @Mixin private final ServerOptions server = new ServerOptions();
  @Mixin private final OutputOptions output = new OutputOptions();
  @Mixin private final KeyFileOptions key = new KeyFileOptions();

  @Option(
      names = "--time",
      paramLabel = "TIME",
      converter = Converters.ToDuration.class,
      description = "How long each of the six measurements lasts; default: 3s.")
  private Duration each = Duration.ofSeconds(3);

  private final Host host;

  BenchmarkCommand(Host host) {
    this.host = host;
  }

  @Override
  public List<ExitCode> exitCodes() {
    return ServerCodes.LOOKING;
  }

  @Override
  public Integer call() {
    return new CommandRunner(host, output, "benchmark")
        .run(Consequence.NOTHING_CHANGED, this::measure);
  }

  private Report measure(Output out, Interruption interruption) throws IOException {
    try (JobStop stop = new JobStop("measurement", Optional.empty());
        HeldKey held = namedKey(out);
        EncryptionKey drawn = EncryptionKey.generate(host.random())) {
      interruption.cancelWith(() -> stop.stop(JobStop.Reason.CANCELLED));
      Benchmark benchmark = new Benchmark(each, System::nanoTime, out, stop);
      Map<Measure, Double> speeds = new EnumMap<>(Measure.class);
      // First, because this may ask somebody for a password.
      if (server.isGiven(host)) {
        speeds.put(Measure.TLS, tls(benchmark));
      } else {
        out.note("no repository was given, so only this host is measured");
      }
      speeds.putAll(benchmark.local(held.key().orElse(drawn), host.random()));
      return new BenchmarkReport(speeds);
    }
  }

  private double tls(Benchmark benchmark) throws IOException {
    try (PbsServer pbs = server.open(host);
        SpeedTest session =
            pbs.startSpeedTest(server.namespace(), host.clock().instant().getEpochSecond())) {
      return benchmark.tls(session);
    }
  }

  /** The speed is that of any key, so nobody is asked for the passphrase of the default one. */
  private HeldKey namedKey(Output out) throws IOException {
    Optional<Path> named = key.named();
    return named.isPresent() ? HeldKey.read(named.get(), true, host, out) : HeldKey.NONE;
  }
}
