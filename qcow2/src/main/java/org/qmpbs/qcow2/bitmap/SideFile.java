package org.qmpbs.qcow2.bitmap;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * What stood in an image where a repair writes, for {@link RepairUndo}. It is complete and on the
 * disk before the first byte of the image changes.
 *
 * <p>Integers in network order: magic, version (4 bytes), length of the image (8), number of
 * sectors (4); for each: offset (8), length (2, at most 512), that many bytes from before, the
 * number of contents that the repair gives it one after the other (1), the SHA-256 of each; at the
 * end the SHA-256 of all that.
 *
 * @param imageLength in bytes
 * @param sectors in the order in which the repair first writes them
 */
record SideFile(long imageLength, List<Sector> sectors) {
  /** "QMPBUNDO". */
  private static final long MAGIC = 0x514d_5042_554e_444fL;

  private static final int VERSION = 1;

  private static final int DIGEST = 32;

  /** More than the refcounts of any image that can be counted need; an image named by mistake. */
  private static final long MOST_BYTES = 1 << 30;

  SideFile {
    sectors = List.copyOf(sectors);
  }

  /**
   * A sector.
   *
   * @param before what stood there
   * @param after SHA-256 of what the repair writes there; the last one is what it leaves
   */
  @SuppressWarnings("ArrayRecordComponent") // bytes of a file, never compared as a value
  record Sector(long offset, byte[] before, List<byte[]> after) {
    /** Whether these are bytes that the repair wrote or found. */
    boolean knows(byte[] found) {
      byte[] digest = sha256(found);
      return Arrays.equals(found, before)
          || after.stream().anyMatch(each -> Arrays.equals(each, digest));
    }
  }

  /** What a repair will replace. */
  static SideFile of(ImageFile file, List<Sectors.Step> steps) throws IOException {
    Sectors untouched = new Sectors(file);
    List<Sector> sectors = new ArrayList<>();
    for (var entry : Sectors.contents(steps).entrySet()) {
      List<byte[]> after = entry.getValue().stream().map(SideFile::sha256).toList();
      sectors.add(new Sector(entry.getKey(), untouched.sector(entry.getKey()), after));
    }
    return new SideFile(file.length(), sectors);
  }

  /**
   * Writes it, and waits until it is on the disk with its name.
   *
   * @throws java.nio.file.FileAlreadyExistsException if there is a file of that name
   */
  void create(Path path) throws IOException {
    // Guest data stands in a directory's cluster if the image is damaged that way.
    try (FileChannel channel =
        FileChannel.open(
            path,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      write(channel, path);
    }
    try (FileChannel folder = FileChannel.open(path.toAbsolutePath().getParent())) {
      folder.force(true);
    }
  }

  /** Leaves no part of it behind: where an image is full, the side file may have no room. */
  private void write(FileChannel channel, Path path) throws IOException {
    try {
      ByteBuffer bytes = ByteBuffer.wrap(encode());
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    } catch (IOException e) {
      Files.deleteIfExists(path);
      throw new IOException(
          path
              + " cannot be written, and without it there is no way back: "
              + e.getMessage()
              + ". Nothing was written to the image. Name a side file where there is room.",
          e);
    }
  }

  private byte[] encode() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeLong(MAGIC);
    out.writeInt(VERSION);
    out.writeLong(imageLength);
    out.writeInt(sectors.size());
    for (Sector sector : sectors) {
      out.writeLong(sector.offset);
      out.writeShort(sector.before.length);
      out.write(sector.before);
      out.writeByte(sector.after.size());
      for (byte[] digest : sector.after) {
        out.write(digest);
      }
    }
    out.write(sha256(bytes.toByteArray()));
    return bytes.toByteArray();
  }

  /**
   * Reads one.
   *
   * @throws SideFileException if it is none, or damaged, or of a later kind
   */
  static SideFile read(Path path) throws IOException {
    if (Files.size(path) > MOST_BYTES) {
      throw new SideFileException(path + " is no side file of a repair");
    }
    byte[] all = Files.readAllBytes(path);
    ByteBuffer start = ByteBuffer.wrap(all);
    if (all.length < 24 + DIGEST || start.getLong(0) != MAGIC) {
      throw new SideFileException(path + " is no side file of a repair");
    }
    if (start.getInt(8) != VERSION) {
      throw new SideFileException(
          path + " is of version " + start.getInt(8) + "; this program knows version 1");
    }
    byte[] content = Arrays.copyOf(all, all.length - DIGEST);
    byte[] digest = Arrays.copyOfRange(all, content.length, all.length);
    if (!Arrays.equals(sha256(content), digest)) {
      throw new SideFileException(path + " is damaged or cut off: its SHA-256 does not fit");
    }
    return decode(new DataInputStream(new ByteArrayInputStream(content, 12, content.length)));
  }

  private static SideFile decode(DataInputStream in) throws IOException {
    long imageLength = in.readLong();
    int count = in.readInt();
    List<Sector> sectors = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long offset = in.readLong();
      byte[] before = in.readNBytes(in.readUnsignedShort());
      if (offset < 0 || before.length > Sectors.SIZE || offset > imageLength - before.length) {
        throw new SideFileException("a sector at byte " + offset + " is not in the image");
      }
      List<byte[]> after = new ArrayList<>();
      int contents = in.readUnsignedByte();
      for (int j = 0; j < contents; j++) {
        after.add(in.readNBytes(DIGEST));
      }
      sectors.add(new Sector(offset, before, after));
    }
    return new SideFile(imageLength, sectors);
  }

  static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
