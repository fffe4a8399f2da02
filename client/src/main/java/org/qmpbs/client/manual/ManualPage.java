package org.qmpbs.client.manual;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The page of a command: {@code qmpbs-backup(1)}; the one of the program itself is the overview.
 */
final class ManualPage {
  private static final String SECTION = "(1)";

  private final CommandModel command;
  private final CommandModel program;
  private final Roff page = new Roff();

  private ManualPage(CommandModel command, CommandModel program) {
    this.command = command;
    this.program = program;
  }

  /**
   * The source of a page.
   *
   * @param command what it is about
   * @param program the command above all others
   * @param version of the program
   * @param date of the program, as in 2026-11-21
   */
  static String of(CommandModel command, CommandModel program, String version, String date) {
    return new ManualPage(command, program).write(version, date);
  }

  private String write(String version, String date) {
    page.title(command.page(), date, version);
    page.section("NAME").text(Roff.escape(command.page()) + " \\- " + Roff.escape(lowered()));
    page.section("SYNOPSIS");
    String call = String.join(" ", command.path());
    for (String synopsis : command.synopses()) {
      boolean whole = synopsis.startsWith(call);
      page.call(whole ? call : "", whole ? synopsis.substring(call.length()) : synopsis);
    }
    page.section("DESCRIPTION");
    command.description().forEach(page::paragraph);
    arguments();
    options();
    commands();
    page.section("EXIT STATUS");
    command.exitCodes().forEach((code, meaning) -> page.term(Roff.bold(code), meaning));
    environment();
    files();
    page.section("SEE ALSO").text(seeAlso());
    return page.toString();
  }

  /** As whatis wants it: not a sentence. */
  private String lowered() {
    String summary = command.summary();
    return summary.length() > 1 && Character.isLowerCase(summary.charAt(1))
        ? summary.substring(0, 1).toLowerCase(Locale.ROOT) + summary.substring(1)
        : summary;
  }

  private void arguments() {
    List<ArgumentModel> described =
        command.arguments().stream().filter(each -> !each.description().isEmpty()).toList();
    if (!described.isEmpty()) {
      page.section("ARGUMENTS");
      described.forEach(
          argument -> page.term(Roff.italic(argument.value().label()), argument.description()));
    }
  }

  private void options() {
    if (command.options().isEmpty()) {
      return;
    }
    page.section("OPTIONS");
    for (OptionModel option : command.options()) {
      Value value = option.value();
      String names = option.names().stream().map(Roff::bold).collect(Collectors.joining(", "));
      String more = (option.required() ? " Required." : "");
      page.term(
          value == null ? names : names + " " + Roff.italic(value.label()),
          option.description() + more);
    }
  }

  private void commands() {
    if (!command.commands().isEmpty()) {
      page.section("COMMANDS");
      command
          .commands()
          .forEach(each -> page.term(Roff.bold(each.page()) + SECTION, each.summary() + "."));
    }
  }

  private void environment() {
    page.section("ENVIRONMENT");
    for (Variable variable : Variable.values()) {
      if (variable.concerns(command)) {
        page.term(Roff.bold(variable.name()), variable.meaning());
      }
    }
  }

  private void files() {
    if (command.isProgram()) {
      page.section("FILES");
      page.term(Roff.bold("/etc/qmpbs/config.yaml"), "Configuration; all of it is optional.");
      page.term(
          Roff.bold("/usr/share/doc/qmpbs/docs/"), "The whole manual: cli.md and its neighbours.");
      page.term(
          Roff.bold("/var/cache/qmpbs/"),
          "What makes the start faster; made at the installation, and anew when Java changes.");
    }
  }

  private String seeAlso() {
    List<String> pages = new ArrayList<>();
    if (!command.isProgram()) {
      pages.add(program.page());
      program
          .all()
          .filter(each -> each.commands().contains(command) && !each.isProgram())
          .forEach(parent -> pages.add(parent.page()));
    }
    pages.add("proxmox-backup-client");
    pages.add("qemu-img");
    return pages.stream().map(name -> Roff.bold(name) + SECTION).collect(Collectors.joining(",\n"));
  }
}
