package org.qmpbs.client.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.qmpbs.client.lookup.SnapshotPath;
import org.qmpbs.client.lookup.SnapshotResolver;
import org.qmpbs.client.output.ExitCode;
import org.qmpbs.client.output.Output;
import org.qmpbs.client.output.Report;
import org.qmpbs.client.restore.KeyCheck;
import org.qmpbs.pbs.PbsServer;
import org.qmpbs.pbs.Snapshot;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code qmpbs key check SNAPSHOT}. */
@Command(
    name = "check",
    description = "Try whether a key opens a snapshot: signature, one small file, one chunk.",
    mixinStandardHelpOptions = true)
final class KeyCheckCommand implements CliCommand {
  @Mixin private final ServerOptions server = new ServerOptions();
  @Mixin private final OutputOptions output = new OutputOptions();
  @Mixin private final KeyFileOptions key = new KeyFileOptions();

  @Parameters(
      paramLabel = "SNAPSHOT",
      converter = Converters.ToSnapshotPath.class,
      description = "type/id/time, or type/id for the newest.")
  @SuppressWarnings("NullAway.Init") // picocli requires it
  private SnapshotPath snapshot;

  private final Host host;

  @SuppressWarnings("NullAway.Init")
  KeyCheckCommand(Host host) {
    this.host = host;
  }

  @Override
  public List<ExitCode> exitCodes() {
    List<ExitCode> codes = new ArrayList<>(ServerCodes.LOOKING);
    codes.add(ExitCode.DAMAGED);
    return codes;
  }

  @Override
  public Integer call() {
    return new CommandRunner(host, output, "key check")
        .run(Consequence.NOTHING_CHANGED, (out, interruption) -> check(out));
  }

  private Report check(Output out) throws IOException {
    try (HeldKey held = key.open(host, out);
        PbsServer pbs = server.open(host)) {
      if (held.key().isEmpty()) {
        throw new UnusableKeyException(
            ExitCode.NOT_FOUND,
            "no key was named, and there is no default one",
            "Name the file with --keyfile. Default keys are in ~/.config/proxmox-backup.");
      }
      Snapshot found = new SnapshotResolver(pbs, server.namespace()).resolve(snapshot).snapshot();
      return new Checked(KeyCheck.of(pbs, server.namespace(), found, held.key().get()));
    }
  }

  private record Checked(KeyCheck check) implements Report {
    @Override
    public List<String> text() {
      List<String> lines = new ArrayList<>();
      lines.add("Key " + check.key().shortForm() + " signed " + check.snapshot() + ".");
      check.blob().ifPresent(name -> lines.add("It opens " + name + "."));
      check
          .chunk()
          .ifPresent(
              one -> lines.add("It opens chunk " + one.position() + " of " + one.archive() + "."));
      if (check.blob().isEmpty() && check.chunk().isEmpty()) {
        lines.add("Nothing in it is encrypted.");
      }
      return lines;
    }

    @Override
    public void describe(ObjectNode summary) {
      Rows.name(summary, check.snapshot());
      summary
          .put("fingerprint", check.key().toString())
          .put("blob", check.blob().orElse(null))
          .put("archive", check.chunk().map(KeyCheck.Opened::archive).orElse(null))
          .put("chunk", check.chunk().map(KeyCheck.Opened::position).orElse(null));
    }
  }
}
