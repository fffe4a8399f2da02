/** Talking to a running QEMU: monitor protocol, disks, points in time, and NBD. */
module org.qmpbs.qmp {
  requires transitive com.fasterxml.jackson.databind;
  requires static transitive org.jspecify;

  exports org.qmpbs.agent;
  exports org.qmpbs.machine;
  exports org.qmpbs.nbd;
  exports org.qmpbs.qmp;
}
