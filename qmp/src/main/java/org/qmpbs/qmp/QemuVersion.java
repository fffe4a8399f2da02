package org.qmpbs.qmp;

/**
 * The version in QEMU's greeting.
 *
 * @param major as in 7.2.22
 * @param minor as in 7.2.22
 * @param micro as in 7.2.22
 * @param packaging what the distributor calls it, may be empty
 */
public record QemuVersion(int major, int minor, int micro, String packaging)
    implements Comparable<QemuVersion> {

  /** Whether this is that version or a later one. */
  public boolean atLeast(int otherMajor, int otherMinor, int otherMicro) {
    return compareTo(new QemuVersion(otherMajor, otherMinor, otherMicro, "")) >= 0;
  }

  /** By the numbers; the packaging does not count. */
  @Override
  public int compareTo(QemuVersion other) {
    int byMajor = Integer.compare(major, other.major);
    int byMinor = Integer.compare(minor, other.minor);
    return byMajor != 0 ? byMajor : byMinor != 0 ? byMinor : Integer.compare(micro, other.micro);
  }

  @Override
  public String toString() {
    return major + "." + minor + "." + micro + (packaging.isEmpty() ? "" : " (" + packaging + ")");
  }
}
