package org.qmpbs.client.cli;

import java.util.List;
import picocli.CommandLine;

/**
 * The commands of daily life with a datastore. Who knows {@code proxmox-backup-client} finds them
 * where he expects them: {@code list} and {@code snapshot list}, {@code snapshot forget}, {@code
 * snapshot protected update} and so on are other ways to say the same.
 */
final class AdminCommands {
  private AdminCommands() {}

  static void addTo(CommandLine root, Host host) {
    List<CliCommand> commands =
        List.of(
            new GroupsCommand(host),
            new ForgetCommand(host),
            new PruneCommand(host),
            new ProtectCommand(host, "protect"),
            new ChangeOwnerCommand(host),
            new GarbageCollectCommand(host));
    commands.forEach(command -> Family.add(root, command));
    root.addSubcommand(protection(host));
    root.addSubcommand(notes(host));
    root.addSubcommand(groupNotes("group-notes", host));
    root.addSubcommand(
        Family.line(
            "snapshot",
            "The commands on snapshots, under their names in proxmox-backup-client.",
            Family.named("list", new SnapshotsCommand(host)),
            new FilesCommand(host),
            new ForgetCommand(host),
            new UploadLogCommand(host),
            protection(host),
            notes(host)));
    root.addSubcommand(
        Family.line(
            "group",
            "The commands on groups.",
            Family.named("list", new GroupsCommand(host)),
            new GroupForgetCommand(host),
            groupNotes("notes", host)));
    root.addSubcommand(
        Family.line(
            "namespace",
            "List, create and delete namespaces.",
            new NamespaceListCommand(host),
            new NamespaceCreateCommand(host),
            new NamespaceDeleteCommand(host)));
    root.addSubcommand(
        Family.line(
            "task",
            "List, follow and stop tasks of the server.",
            new TaskListCommand(host),
            new TaskLogCommand(host),
            new TaskStopCommand(host)));
  }

  private static CommandLine protection(Host host) {
    return Family.line(
        "protected",
        "Show or change whether a snapshot is protected.",
        new ProtectedShowCommand(host),
        Family.named("update", new ProtectCommand(host, "protected update")));
  }

  private static CommandLine notes(Host host) {
    return Family.line(
        "notes",
        "Show or change the notes of a snapshot.",
        new NotesShowCommand(host),
        new NotesUpdateCommand(host));
  }

  private static CommandLine groupNotes(String name, Host host) {
    return Family.line(
        name,
        "Show or change the notes of a group.",
        new GroupNotesShowCommand(host),
        new GroupNotesUpdateCommand(host));
  }
}
