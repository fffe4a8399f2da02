package org.qmpbs.client.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.qmpbs.client.key.PaperKey;
import org.qmpbs.client.output.Listing;
import org.qmpbs.client.output.Report;
import org.qmpbs.pbs.key.MasterPrivateKey;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code qmpbs key paperkey}: the one command that shows a key, because that is its purpose. */
@Command(
    name = "paperkey",
    description = "Print a key file or private master key on paper: text and QR codes.",
    mixinStandardHelpOptions = true)
final class KeyPaperCommand extends KeySubcommand {
  /** The official client's two forms. */
  enum Paper {
    html,
    text
  }

  @Parameters(arity = "0..1", paramLabel = "PATH", description = "Key file; else the default one.")
  private @Nullable Path path;

  @Option(names = "--subject", paramLabel = "TEXT", description = "Title.")
  private @Nullable String subject;

  @Option(
      names = "--paper",
      paramLabel = "html|text",
      description = "html for a browser (default), or text for a terminal.")
  private Paper paper = Paper.html;

  KeyPaperCommand(Host host) {
    super(host, "paperkey");
  }

  @Override
  Report work() throws IOException {
    byte[] content = MasterPrivateKey.readPem(existing(path));
    try {
      PaperKey key = PaperKey.of(content);
      Optional<String> title = Optional.ofNullable(subject);
      return new Page(paper == Paper.html ? key.html(title) : key.text(title));
    } finally {
      Arrays.fill(content, (byte) 0);
    }
  }

  private record Page(String page) implements Listing {
    @Override
    public List<String> text() {
      return page.lines().toList();
    }

    @Override
    public void describe(ObjectNode summary) {
      summary.put("page", page);
    }

    @Override
    public String toString() {
      return "(a key on paper)";
    }
  }
}
