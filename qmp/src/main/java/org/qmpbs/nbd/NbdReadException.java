package org.qmpbs.nbd;

import org.jspecify.annotations.Nullable;

/**
 * The server answered a request for data or for block status with an error. The connection lives
 * on.
 */
public final class NbdReadException extends NbdException {
  private static final long serialVersionUID = 1L;

  /** Operation not permitted. */
  public static final int EPERM = 1;

  /** Input/output error. */
  public static final int EIO = 5;

  /** Cannot allocate memory. */
  public static final int ENOMEM = 12;

  /**
   * Invalid argument. QEMU answers this for a point in time that it could not keep: reads of a
   * {@code snapshot-access} node are denied after its copy-before-write filter broke.
   */
  public static final int EINVAL = 22;

  /** No space left on device. */
  public static final int ENOSPC = 28;

  /** Value too large. */
  public static final int EOVERFLOW = 75;

  /** Operation not supported. */
  public static final int ENOTSUP = 95;

  /** The server is being shut down. */
  public static final int ESHUTDOWN = 108;

  private final int errno;
  private final long offset;

  private NbdReadException(String message, int errno, long offset, @Nullable Throwable cause) {
    super(message, cause);
    this.errno = errno;
    this.offset = offset;
  }

  /**
   * @param request what was asked, as in "read of 512 bytes at 0"
   * @param offset the first byte that is known to be bad, or the request's first byte
   * @param said the server's own words, empty when it gave none
   */
  static NbdReadException of(String request, int errno, long offset, String said) {
    return new NbdReadException(
        "the NBD server failed the "
            + request
            + " with "
            + name(errno)
            + " at offset "
            + offset
            + (said.isEmpty() ? "" : ": " + said),
        errno,
        offset,
        null);
  }

  /** The error of the protocol: one of the constants here, or whatever the server made up. */
  public int errno() {
    return errno;
  }

  /** The byte of the export that the error is about. */
  public long offset() {
    return offset;
  }

  @Override
  NbdException again() {
    return new NbdReadException(message(), errno, offset, this);
  }

  private static String name(int errno) {
    return switch (errno) {
      case EPERM -> "EPERM (operation not permitted)";
      case EIO -> "EIO (input/output error)";
      case ENOMEM -> "ENOMEM (cannot allocate memory)";
      case EINVAL -> "EINVAL (invalid argument)";
      case ENOSPC -> "ENOSPC (no space left on device)";
      case EOVERFLOW -> "EOVERFLOW (value too large)";
      case ENOTSUP -> "ENOTSUP (operation not supported)";
      case ESHUTDOWN -> "ESHUTDOWN (server is shutting down)";
      default -> "error " + Integer.toUnsignedString(errno);
    };
  }
}
