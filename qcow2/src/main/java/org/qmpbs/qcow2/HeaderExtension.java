package org.qmpbs.qcow2;

/**
 * A header extension: where it stands, not what it says.
 *
 * @param type as in docs/interop/qcow2.txt, "header extensions"
 * @param offset of its data in the image
 * @param length of its data in bytes, without padding
 */
public record HeaderExtension(int type, long offset, int length) {
  /** Name of the backing file's format. */
  public static final int BACKING_FORMAT = 0xE2792ACA;

  /** Names of feature bits. */
  public static final int FEATURE_NAMES = 0x6803f857;

  /** Where the directory of persistent dirty bitmaps stands. */
  public static final int BITMAPS = 0x23852875;

  /** Where the header of the full disk encryption stands. */
  public static final int ENCRYPTION = 0x0537be77;

  /** Name of the external data file. */
  public static final int DATA_FILE = 0x44415441;
}
