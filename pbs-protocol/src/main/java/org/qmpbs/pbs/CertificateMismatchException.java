package org.qmpbs.pbs;

import java.io.IOException;
import java.util.List;

/** The server showed a certificate that was not expected; no secret has been sent. */
public final class CertificateMismatchException extends IOException implements HasRemedy {
  private static final long serialVersionUID = 1L;

  private final transient Fingerprint shown;
  private final transient List<Fingerprint> expected;
  private final String remedy;

  CertificateMismatchException(
      Fingerprint shown, List<Fingerprint> expected, String message, String remedy) {
    super(message);
    this.remedy = remedy;
    this.shown = shown;
    this.expected = List.copyOf(expected);
  }

  /** What the server showed. */
  public Fingerprint shown() {
    return shown;
  }

  /** The pins; empty if the system's certificate authorities were asked. */
  public List<Fingerprint> expected() {
    return expected;
  }

  @Override
  public String remedy() {
    return remedy;
  }
}
