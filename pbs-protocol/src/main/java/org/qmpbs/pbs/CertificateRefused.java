package org.qmpbs.pbs;

import static java.util.stream.Collectors.joining;

import java.security.cert.CertificateException;
import java.util.List;

/**
 * How a trust manager tells, through the layers of the TLS library, which certificate it refused.
 */
final class CertificateRefused extends CertificateException {
  private static final long serialVersionUID = 1L;

  private final transient Fingerprint shown;
  private final transient List<Fingerprint> expected;
  private final String reason;

  /**
   * Says what was found.
   *
   * @param reason why no authority vouches for it, to go on after "shows the certificate X, "
   */
  CertificateRefused(Fingerprint shown, List<Fingerprint> expected, String reason) {
    super(reason);
    this.shown = shown;
    this.expected = expected;
    this.reason = reason;
  }

  CertificateMismatchException explain(Repository repository) {
    String server = "the server " + repository.endpoint();
    String message =
        expected.isEmpty()
            ? server + " shows the certificate " + shown + ", " + reason
            : server
                + " does not show the certificate that was expected: expected "
                + expected.stream().map(Fingerprint::toString).collect(joining(" or "))
                + ", found "
                + shown;
    return new CertificateMismatchException(
        shown,
        expected,
        message + "; the connection was dropped before any secret was sent",
        expected.isEmpty() ? pinOrRenew() : checkAndReplace());
  }

  private String checkAndReplace() {
    return "Either the server's certificate was renewed, or somebody else answers in its place. Run"
        + " this on the server itself, not over the network: proxmox-backup-manager cert info (or"
        + " look at the dashboard, Show Fingerprint). If it shows the one that was found, set"
        + " PBS_FINGERPRINT to it; it may hold several, separated by commas, while a certificate is"
        + " replaced. If it shows another, do not log in, and find out who answers here.";
  }

  private String pinOrRenew() {
    return "If the server signs its own certificate, as after its installation, compare the"
        + " fingerprint with what proxmox-backup-manager cert info shows on the server itself, and if"
        + " they are equal set PBS_FINGERPRINT="
        + shown
        + ". If an authority signs it, see that this host knows the authority, that the certificate"
        + " is for the name in the repository, and that its dates and this host's clock are right.";
  }
}
