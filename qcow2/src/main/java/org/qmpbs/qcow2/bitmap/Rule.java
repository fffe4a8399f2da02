package org.qmpbs.qcow2.bitmap;

/**
 * The rules of the format for bitmaps (docs/interop/qcow2.txt, "Bitmaps extension" and "Bitmaps")
 * and those that QEMU adds (block/qcow2.c, qcow2_read_extensions; block/qcow2-bitmap.c), each with
 * what it means when it is broken.
 */
public enum Rule {
  /** The list of header extensions. */
  EXTENSION_LIST(Severity.UNOPENABLE, "the list of header extensions leaves the header"),
  /** 24 bytes. */
  EXTENSION_LENGTH(Severity.UNOPENABLE, "QEMU refuses a bitmaps extension of another length"),
  /** One at most. */
  EXTENSION_TWICE(
      Severity.USELESS,
      "QEMU takes the last one; which of the bitmap directories is meant cannot be told"),
  /** Zero. */
  EXTENSION_RESERVED(Severity.UNOPENABLE, "QEMU refuses a bitmaps extension that it does not know"),
  /** In a version 2 image QEMU ignores it. */
  EXTENSION_VERSION(Severity.USELESS, "a version 2 image cannot have bitmaps; QEMU ignores them"),
  /** 1 to 65535. */
  COUNT(Severity.UNOPENABLE, "QEMU refuses that number of bitmaps"),
  /** Aligned, and behind the header. */
  DIRECTORY_OFFSET(Severity.UNOPENABLE, "the bitmap directory cannot stand there"),
  /** 1 byte to 64 MiB. */
  DIRECTORY_SIZE(Severity.UNOPENABLE, "QEMU refuses a bitmap directory of that size"),
  /** Within the file. */
  DIRECTORY_BEYOND_END(Severity.USELESS, "the bitmap directory was never written or is cut off"),
  /** As many entries as the header says. */
  DIRECTORY_COUNT(Severity.UNOPENABLE, "header and bitmap directory disagree about the bitmaps"),
  /** Entries fill the directory exactly. */
  DIRECTORY_ENTRIES(
      Severity.UNOPENABLE, "the bitmap directory ends within an entry or was never written"),
  /** Aligned, not 0. */
  TABLE_OFFSET(Severity.UNOPENABLE, "the bitmap table cannot stand there"),
  /** 1 to the most that QEMU loads. */
  TABLE_SIZE(Severity.UNOPENABLE, "QEMU refuses a bitmap table of that size"),
  /** As many entries as the disk needs. */
  TABLE_COVERAGE(Severity.UNOPENABLE, "the bitmap was made for a disk of another size"),
  /** Only bits 0 and 1. */
  FLAGS(Severity.UNOPENABLE, "QEMU refuses a bitmap with flags that it does not know"),
  /** 1. */
  TYPE(Severity.UNOPENABLE, "QEMU refuses a bitmap of a kind that it does not know"),
  /** 512 bytes to 2 GiB. */
  GRANULARITY(Severity.UNOPENABLE, "QEMU refuses a bitmap of that granularity"),
  /** At most 1023 bytes. */
  NAME_LENGTH(Severity.UNOPENABLE, "QEMU refuses a bitmap with a name of that length"),
  /** None. */
  EXTRA_DATA(Severity.UNOPENABLE, "QEMU refuses a bitmap with data that it does not know"),
  /** Different names. */
  NAME_TWICE(Severity.UNOPENABLE, "QEMU refuses an image with two bitmaps of one name"),
  /** At least one byte. */
  NAME_EMPTY(Severity.USELESS, "a bitmap without a name can be neither used nor removed"),
  /** No zero byte. */
  NAME_NUL(
      Severity.UNOPENABLE,
      "QEMU ends the name at the zero byte, and cannot write the directory when it opens the image"),
  /** Printable. */
  NAME_PRINTABLE(Severity.NOTE, "the name cannot be typed; it may be damage, or a foreign tool's"),
  /** Zeros between entries. */
  PADDING(Severity.NOTE, "bytes that nobody reads are not zero"),
  /** Within the file. */
  TABLE_BEYOND_END(Severity.USELESS, "the bitmap table was never written or is cut off"),
  /** No reserved bits, aligned. */
  TABLE_ENTRY(Severity.UNOPENABLE, "QEMU refuses the bitmap because of this table entry"),
  /** Within the file. */
  DATA_BEYOND_END(Severity.USELESS, "this part of the bitmap was never written or is cut off"),
  /** Not in use. */
  IN_USE(
      Severity.USELESS,
      "it was not saved when the image was last closed (crash, power loss or a full disk); QEMU calls"
          + " it inconsistent"),
  /** The autoclear bit. */
  STALE(
      Severity.USELESS,
      "a program that knows no bitmaps wrote to the image; QEMU drops them all when it next writes"),
  /** Clusters of a bitmap belong to it alone. */
  SHARED_WITH_GUEST(
      Severity.DANGEROUS,
      "guest data stands where the bitmap is; the guest's claim is the true one"),
  /** Clusters of a bitmap belong to it alone. */
  SHARED_WITH_METADATA(
      Severity.DANGEROUS, "a structure that leads to guest data stands where the bitmap is"),
  /** Clusters of a bitmap belong to it alone. */
  SHARED_WITH_BITMAP(Severity.DANGEROUS, "two bitmap structures stand in one cluster"),
  /** At least 1 where something stands. */
  REFCOUNT_LOW(
      Severity.DANGEROUS, "QEMU takes the cluster for free and may put guest data over the bitmap"),
  /** Exactly 1 for what a bitmap alone uses. */
  REFCOUNT_HIGH(Severity.LEAK, "the cluster would stay taken after the bitmap is removed"),
  /** 0 where nothing stands. */
  LEAKED(Severity.LEAK, "nothing uses the cluster, and it counts as taken"),
  /** L1, L2, snapshots, refcount table: what leads to guest data. */
  GUEST_STRUCTURE(
      Severity.DANGEROUS,
      "a structure that leads to guest data is damaged; qemu-img check -r all has to mend it"),
  /** At least the references. */
  GUEST_REFCOUNT_LOW(
      Severity.DANGEROUS,
      "guest data may be overwritten by other guest data; qemu-img check -r all has to mend it"),
  /** At most the references. */
  GUEST_REFCOUNT_HIGH(Severity.LEAK, "the cluster would stay taken; qemu-img check mends it"),
  /** Set where the refcount is 1. */
  GUEST_COPIED(
      Severity.NOTE,
      "the flag that says so in the L2 table may no longer be right; qemu-img check -r all mends it"),
  /** The dirty bit. */
  UNCLEAN(Severity.NOTE, "refcounts may be too low; QEMU mends them when it opens the image"),
  /** The corrupt bit. */
  CORRUPT(
      Severity.UNOPENABLE,
      "QEMU opens the image for reading only, until qemu-img check -r all has mended it");

  private final Severity severity;
  private final String meaning;

  Rule(Severity severity, String meaning) {
    this.severity = severity;
    this.meaning = meaning;
  }

  /** What it does to the image, at worst, when it is broken. */
  public Severity severity() {
    return severity;
  }

  /** Whether QEMU looks at it even if the bitmaps are stale. */
  boolean isExtensionList() {
    return this == EXTENSION_LIST || this == EXTENSION_LENGTH || this == CORRUPT;
  }

  /** Whether it is about guest data or what leads to it, and not about bitmaps. */
  public boolean isGuests() {
    return compareTo(GUEST_STRUCTURE) >= 0;
  }

  /** The same in words, without a full stop. */
  public String meaning() {
    return meaning;
  }
}
