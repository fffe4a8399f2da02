package org.qmpbs.client.benchmark;

import java.util.Locale;

/**
 * What is measured. Names and reference speeds are those of {@code proxmox-backup-client
 * benchmark}, so that numbers can be compared.
 */
public enum Measure {
  /** Sending to the server. */
  TLS("TLS (maximal backup upload speed)", 1235),
  /** Naming chunks. */
  SHA256("SHA-256", 2022),
  /** Making chunks. */
  COMPRESS("zstd level 1, compression", 752),
  /** Reading chunks. */
  DECOMPRESS("zstd level 1, decompression", 1198),
  /** Proving that a chunk is the one that its name says. */
  VERIFY("verification of a chunk", 758),
  /** Encrypting. */
  AES256_GCM("AES-256-GCM", 3645);

  private static final double MEGABYTE = 1e6;

  private final String title;
  private final int reference;

  Measure(String title, int reference) {
    this.title = title;
    this.reference = reference;
  }

  /** For people. */
  public String title() {
    return title;
  }

  /** For programs. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * What an AMD Ryzen 7 2700X does with one thread (the server on the same host), bytes a second.
   */
  public double reference() {
    return reference * MEGABYTE;
  }
}
