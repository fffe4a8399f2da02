/** The qcow2 format in pure Java: writing fresh images, reading headers, and the locks of QEMU. */
module org.qmpbs.qcow2 {
  requires static transitive org.jspecify;

  exports org.qmpbs.qcow2;
}
