package org.qmpbs.client.key;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where the official client keeps its default keys, by the rules of XDG: the user's folder, then
 * those of the host. New ones go to the user's.
 */
public final class DefaultKeys {
  private static final String FOLDER = "proxmox-backup";
  private static final String ENCRYPTION_KEY = "encryption-key.json";
  private static final String MASTER_KEY = "master-public.pem";

  private final Map<String, String> environment;

  /** Reads {@code HOME} and the variables of XDG. */
  public DefaultKeys(Map<String, String> environment) {
    this.environment = Map.copyOf(environment);
  }

  /** The default encryption key, if there is one. */
  public Optional<Path> encryptionKey() {
    return find(ENCRYPTION_KEY);
  }

  /** The default public master key, if there is one. */
  public Optional<Path> masterKey() {
    return find(MASTER_KEY);
  }

  /** Where a new default encryption key goes; its folder is made. */
  public Path newEncryptionKey() throws IOException {
    return place(ENCRYPTION_KEY);
  }

  /** Where a new default master key goes; its folder is made. */
  public Path newMasterKey() throws IOException {
    return place(MASTER_KEY);
  }

  private Optional<Path> find(String name) {
    List<Path> folders = new ArrayList<>();
    userFolder().ifPresent(folders::add);
    String shared = environment.getOrDefault("XDG_CONFIG_DIRS", "");
    for (String folder : (shared.isEmpty() ? "/etc/xdg" : shared).split(":", -1)) {
      absolute(folder).ifPresent(folders::add);
    }
    return folders.stream()
        .map(folder -> folder.resolve(FOLDER).resolve(name))
        .filter(Files::exists)
        .findFirst();
  }

  private Path place(String name) throws IOException {
    Path folder =
        userFolder()
            .orElseThrow(() -> new IOException("neither HOME nor XDG_CONFIG_HOME names a folder"))
            .resolve(FOLDER);
    Files.createDirectories(
        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    return folder.resolve(name);
  }

  private Optional<Path> userFolder() {
    return absolute(environment.getOrDefault("XDG_CONFIG_HOME", ""))
        .or(
            () ->
                absolute(environment.getOrDefault("HOME", ""))
                    .map(home -> home.resolve(".config")));
  }

  /** Relative paths are to be ignored (XDG Base Directory Specification). */
  private static Optional<Path> absolute(String folder) {
    return Optional.of(folder).filter(text -> text.startsWith("/")).map(Path::of);
  }
}
