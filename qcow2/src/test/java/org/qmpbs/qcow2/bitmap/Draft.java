package org.qmpbs.qcow2.bitmap;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.qmpbs.qcow2.Qcow2Header;

/** An image in memory, to be damaged at places that were looked up while it was whole. */
final class Draft {
  final ByteBuffer bytes;
  final Qcow2Header header;

  /** Offset of the data of the bitmaps extension. */
  final int extension;

  /** Offset of the directory. */
  final int directory;

  private final BitmapScan scan;

  Draft(byte[] image) throws IOException {
    bytes = ByteBuffer.wrap(image.clone());
    scan = BitmapScan.of(new MemoryImage(image));
    header = scan.header();
    extension = scan.area().bitmaps().orElseThrow().dataAt();
    directory = (int) scan.extension().orElseThrow().directoryOffset();
  }

  int clusterSize() {
    return header.clusterSize();
  }

  int count() {
    return scan.bitmaps().size();
  }

  int directoryBytes() {
    return (int) scan.extension().orElseThrow().directorySize();
  }

  /** Offset of a directory entry. */
  int entry(int bitmap) {
    return (int) scan.bitmaps().get(bitmap).entryOffset();
  }

  int entrySize(int bitmap) {
    return (int) scan.bitmaps().get(bitmap).entry().size();
  }

  int table(int bitmap) {
    return (int) scan.bitmaps().get(bitmap).entry().tableOffset();
  }

  /** Offset of the first entry of a table that points somewhere. */
  int pointer(int bitmap) {
    int at = table(bitmap);
    while (bytes.getLong(at) <= 1) {
      at += Long.BYTES;
    }
    return at;
  }

  /** Offset of a cluster of bits. */
  int bits(int bitmap) {
    return (int) bytes.getLong(pointer(bitmap));
  }

  int refcountBlock() {
    return (int) bytes.getLong((int) header.refcountTable().offset());
  }

  /** Offset of the first active L2 table. */
  int l2() {
    return (int) (bytes.getLong((int) header.l1().offset()) & BitmapFormat.TABLE_OFFSET);
  }

  /** Offset of the cluster with the first guest data. */
  int guestData() {
    return (int) (bytes.getLong(l2()) & BitmapFormat.TABLE_OFFSET);
  }

  void setRefcount(long offset, long value) {
    int index = (int) (offset / clusterSize());
    int perBlock = clusterSize() * 8 / header.refcountBits();
    int block =
        (int) bytes.getLong((int) header.refcountTable().offset() + index / perBlock * Long.BYTES);
    byte[] all = bytes.array();
    byte[] piece = Arrays.copyOfRange(all, block, block + clusterSize());
    RefcountEntries.set(piece, index % perBlock, header.refcountBits(), value);
    System.arraycopy(piece, 0, all, block, piece.length);
  }

  byte[] image() {
    return bytes.array();
  }
}
