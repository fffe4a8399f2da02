package org.qmpbs.client.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.qmpbs.client.cli.Rights.Action;
import org.qmpbs.client.output.ExitCode;
import org.qmpbs.client.output.Listing;
import org.qmpbs.client.output.TextTable;
import org.qmpbs.pbs.Fingerprint;
import org.qmpbs.pbs.Login;
import org.qmpbs.pbs.Repository;

/**
 * Who we are to the server, and what we may do there.
 *
 * @param certificate the server's, if it had to show one
 */
record LoginReport(Login login, String version, Optional<Fingerprint> certificate, Rights rights)
    implements Listing {

  @Override
  public ExitCode exitCode() {
    if (rights.privileges() == null) {
      return ExitCode.SERVER;
    }
    return rights.areEnough() ? ExitCode.DONE : ExitCode.LOGIN;
  }

  @Override
  public List<String> text() {
    Repository repository = login.repository();
    List<String> lines = new ArrayList<>();
    lines.add(
        "login:       "
            + repository.authId()
            + (repository.isToken() ? " (API token)" : " (password, with a ticket)"));
    lines.add("server:      " + server() + ", Proxmox Backup Server " + version);
    lines.add("certificate: " + certificateText());
    lines.add("rights on:   " + rights.path());
    lines.add("");
    if (rights.privileges() == null) {
      lines.add("The server does not say what this login may do: " + rights.refusal());
      return lines;
    }
    TextTable table = new TextTable("ACTION", "ALLOWED", "MISSING");
    for (Action action : Action.values()) {
      boolean allowed = Boolean.TRUE.equals(rights.allows(action));
      table.row(
          action.text(),
          allowed ? "yes" : "no",
          allowed ? "-" : String.join(" or ", action.anyOf()) + " (role " + action.role() + ")");
    }
    lines.addAll(table.lines());
    if (!rights.areEnough()) {
      lines.add("");
      lines.add("Backup and restore need more. On the server:");
      rights.commands(Action.BACKUP_OWN.role()).forEach(command -> lines.add("  " + command));
    }
    return lines;
  }

  private String server() {
    return login.repository().host() + ":" + login.repository().port();
  }

  private String certificateText() {
    String shown = certificate.map(Fingerprint::toString).orElse("unknown");
    int pins = login.pins().size();
    if (pins == 0) {
      return shown + " (an authority of this system vouches for it)";
    }
    return shown + (pins == 1 ? " (pinned)" : " (pinned, one of " + pins + ")");
  }

  @Override
  public void describe(ObjectNode summary) {
    Repository repository = login.repository();
    summary.put("user", repository.authId());
    summary.put("method", repository.isToken() ? "token" : "password");
    summary.put("server", server()).put("server_version", version);
    ObjectNode shown = summary.putObject("certificate");
    shown.put("fingerprint", certificate.map(Fingerprint::toString).orElse(null));
    shown.put("trust", login.pins().isEmpty() ? "authorities" : "pinned");
    ArrayNode pins = shown.putArray("pins");
    login.pins().forEach(pin -> pins.add(pin.toString()));
    summary.put("datastore", repository.datastore()).put("ns", rights.namespace().path());
    summary.put("path", rights.path()).put("refusal", rights.refusal());
    if (rights.privileges() == null) {
      summary.putNull("privileges");
    } else {
      ArrayNode names = summary.putArray("privileges");
      rights.privileges().forEach(names::add);
    }
    ArrayNode rows = summary.putArray("actions");
    for (Action action : Action.values()) {
      ObjectNode row = rows.addObject();
      row.put("action", action.name().toLowerCase(Locale.ROOT).replace('_', '-'));
      row.put("allowed", rights.allows(action));
      ArrayNode anyOf = row.putArray("any_of");
      action.anyOf().forEach(anyOf::add);
      row.put("role", action.role());
    }
  }
}
