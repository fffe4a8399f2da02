package org.qmpbs.client.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.qmpbs.client.bitmap.ImageIoException;
import org.qmpbs.qcow2.bitmap.BitmapImage;

/** The image that bitmaps are merged from, if it is another one than that they are merged into. */
record SourceImage(Optional<BitmapImage> image) implements AutoCloseable {
  /**
   * Opens it for reading.
   *
   * @param file that the user named, or null
   * @param target already open; opening it twice in one process would drop its locks
   */
  static SourceImage open(@Nullable Path file, Path target) throws IOException {
    if (file == null || Files.isSameFile(file, target)) {
      return new SourceImage(Optional.empty());
    }
    BitmapImage image = BitmapImage.openForReading(file, false);
    try {
      ImageIoException.naming(file, image::header);
      return new SourceImage(Optional.of(image));
    } catch (IOException | RuntimeException e) {
      image.close();
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    if (image.isPresent()) {
      image.get().close();
    }
  }
}
