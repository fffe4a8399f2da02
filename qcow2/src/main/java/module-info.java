/**
 * The qcow2 format in pure Java: writing fresh images, reading headers, the locks of QEMU, and the
 * maintenance and repair of persistent dirty bitmaps.
 */
@SuppressWarnings("module") // The digit is part of the format's name.
module org.qmpbs.qcow2 {
  requires static transitive org.jspecify;

  exports org.qmpbs.qcow2;
  exports org.qmpbs.qcow2.bitmap;
}
