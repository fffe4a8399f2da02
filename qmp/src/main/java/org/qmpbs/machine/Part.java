package org.qmpbs.machine;

/** One disk's share of an instant; {@code index} numbers its things in QEMU. */
record Part(int index, DiskRequest request) {
  Disk disk() {
    return request.disk();
  }
}
