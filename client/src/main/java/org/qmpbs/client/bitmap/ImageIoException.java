package org.qmpbs.client.bitmap;

import java.io.IOException;
import org.qmpbs.qcow2.CorruptImageException;
import org.qmpbs.qcow2.UnsupportedImageException;

/** The system could not read or write an image or a side file. */
public final class ImageIoException extends IOException {
  private static final long serialVersionUID = 1L;

  private ImageIoException(String message, IOException cause) {
    super(message, cause);
  }

  /** Work on an image. */
  @FunctionalInterface
  public interface Work<T> {
    /** Does it. */
    T run() throws IOException;
  }

  /**
   * Does {@code work}. What the system refuses comes without a type of its own, as what a broken
   * connection says does; here it cannot be the latter.
   *
   * @param files that are worked on, for a message that names none
   */
  public static <T> T naming(Object files, Work<T> work) throws IOException {
    try {
      return work.run();
    } catch (UnsupportedImageException e) {
      throw new UnsupportedImageException(files + ": " + e.getMessage());
    } catch (CorruptImageException e) {
      throw e.named(files);
    } catch (IOException e) {
      if (e.getClass() != IOException.class) {
        throw e;
      }
      String message = String.valueOf(e.getMessage());
      throw new ImageIoException(
          message.contains(files.toString()) ? message : files + ": " + message, e);
    }
  }
}
