package org.qmpbs.qcow2;

/** How the guest's data is encrypted; the order is that of the header field's values. */
public enum Encryption {
  /** Not at all. */
  NONE,
  /** The weak scheme of old, with which QEMU only reads. */
  AES,
  /** LUKS version 1. */
  LUKS
}
