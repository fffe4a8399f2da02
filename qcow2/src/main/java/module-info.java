/** The qcow2 format in pure Java: writing fresh images, reading headers, and the locks of QEMU. */
@SuppressWarnings("module") // The digit is part of the format's name.
module org.qmpbs.qcow2 {
  requires static transitive org.jspecify;

  exports org.qmpbs.qcow2;
}
