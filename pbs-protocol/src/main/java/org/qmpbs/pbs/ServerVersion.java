package org.qmpbs.pbs;

/**
 * What the server says of itself.
 *
 * @param version for instance "4.1"
 * @param release the digit behind it, for instance "1"; empty if it does not say
 * @param repoid commit it was built from; empty if it does not say
 */
public record ServerVersion(String version, String release, String repoid) {
  /** For instance "4.1.1". */
  @Override
  public String toString() {
    return release.isEmpty() ? version : version + "." + release;
  }
}
