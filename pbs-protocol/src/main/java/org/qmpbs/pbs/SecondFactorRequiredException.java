package org.qmpbs.pbs;

import java.io.IOException;

/**
 * The password was right, but the user has a second factor, and the server wants that too. A
 * program that runs by itself has nobody to ask; API tokens are made for it and need no second
 * factor.
 */
public final class SecondFactorRequiredException extends IOException implements HasRemedy {
  private static final long serialVersionUID = 1L;

  private final String user;

  SecondFactorRequiredException(String user) {
    super(
        "the server took the password of "
            + user
            + " and asks for a second factor, which qmpbs cannot give");
    this.user = user;
  }

  @Override
  public String remedy() {
    return "Use an API token, which is for programs and needs no second factor. On the server:"
        + " proxmox-backup-manager user generate-token "
        + user
        + " qmpbs; then give token and user the role DatastoreBackup on the datastore (with"
        + " DatastorePowerUser it may prune its own backups too). Here: write "
        + user
        + "!qmpbs@… in the repository and the token's secret in PBS_PASSWORD_FILE.";
  }
}
