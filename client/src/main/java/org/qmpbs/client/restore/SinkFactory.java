package org.qmpbs.client.restore;

import java.io.IOException;
import java.util.random.RandomGenerator;

/** Opens the sink that fits an archive's destination. */
final class SinkFactory {
  private final ImageFormat format;
  private final RandomGenerator random;

  SinkFactory(ImageFormat format, RandomGenerator random) {
    this.format = format;
    this.random = random;
  }

  /** For an image. */
  ImageSink open(ArchivePlan plan) throws IOException {
    if (plan.destination() instanceof Destination.ToFile file) {
      return imageFile(plan, PartialFile.beside(file.path(), file.replaces(), random));
    }
    if (plan.destination() instanceof Destination.ToDevice device) {
      return device(device, plan.imageSize());
    }
    return new StreamSink(((Destination.ToStream) plan.destination()).stream());
  }

  private ImageSink imageFile(ArchivePlan plan, PartialFile partial) throws IOException {
    try {
      return format == ImageFormat.QCOW2
          ? Qcow2Sink.open(partial, plan)
          : RawFileSink.open(partial, plan.imageSize());
    } catch (IOException e) {
      partial.close();
      throw refused(plan, e);
    } catch (RuntimeException e) {
      partial.close();
      throw e;
    }
  }

  /** Java's words for this are bare, as "File too large", and would pass for the server's. */
  private static TargetException refused(ArchivePlan plan, IOException e) {
    return new TargetException(
        TargetException.Reason.WRITE_FAILED,
        plan.destination().name()
            + " cannot have the "
            + plan.imageSize()
            + " bytes of the image: "
            + e.getMessage(),
        "Look for limits of the file system, of quota and of this process (ulimit -f), or choose"
            + " another target.",
        e);
  }

  /** For a small file of {@code length} bytes. */
  ImageSink openBlob(ArchivePlan plan, int length) throws IOException {
    if (plan.destination() instanceof Destination.ToFile file) {
      PartialFile partial = PartialFile.beside(file.path(), file.replaces(), random);
      try {
        return RawFileSink.open(partial, length);
      } catch (IOException e) {
        partial.close();
        throw e;
      }
    }
    return new StreamSink(((Destination.ToStream) plan.destination()).stream());
  }

  private static ImageSink device(Destination.ToDevice target, long imageSize) throws IOException {
    ExclusiveDevice device = ExclusiveDevice.claim(target.path());
    long size = device.size();
    if (size < imageSize) {
      device.close();
      throw new TargetException(
          TargetException.Reason.TOO_SMALL,
          target.name() + " has " + size + " bytes, the image needs " + imageSize,
          "Enlarge the device by at least " + (imageSize - size) + " bytes, or choose another.");
    }
    return new BlockDeviceSink(device);
  }
}
