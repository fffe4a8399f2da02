package org.qmpbs.client.cli;

import java.time.Duration;
import java.util.function.Function;
import org.qmpbs.client.backup.CheckpointPolicy;
import org.qmpbs.client.backup.FreezeMode;
import org.qmpbs.client.lookup.SnapshotPath;
import org.qmpbs.client.output.Durations;
import org.qmpbs.client.output.Sizes;
import org.qmpbs.client.restore.ImageFormat;
import org.qmpbs.client.verify.Subset;
import org.qmpbs.pbs.BackupGroup;
import org.qmpbs.pbs.BackupType;
import org.qmpbs.pbs.Namespace;
import org.qmpbs.pbs.Snapshot;
import org.qmpbs.pbs.Upid;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** From words on the command line to values; a wrong word is told in the parser's own words. */
final class Converters {
  private Converters() {}

  private abstract static class Converter<T> implements ITypeConverter<T> {
    private final Function<String, T> parser;

    Converter(Function<String, T> parser) {
      this.parser = parser;
    }

    @Override
    public T convert(String value) {
      try {
        return parser.apply(value);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  static final class ToNamespace extends Converter<Namespace> {
    ToNamespace() {
      super(Namespace::new);
    }
  }

  static final class ToBackupType extends Converter<BackupType> {
    ToBackupType() {
      super(BackupType::parse);
    }
  }

  static final class ToGroup extends Converter<BackupGroup> {
    ToGroup() {
      super(BackupGroup::parse);
    }
  }

  static final class ToSnapshot extends Converter<Snapshot> {
    ToSnapshot() {
      super(Snapshot::parse);
    }
  }

  static final class ToUpid extends Converter<Upid> {
    ToUpid() {
      super(Upid::new);
    }
  }

  static final class ToFormat extends Converter<OutputOptions.Format> {
    ToFormat() {
      super(OutputOptions.Format::parse);
    }
  }

  static final class ToSnapshotPath extends Converter<SnapshotPath> {
    ToSnapshotPath() {
      super(SnapshotPath::parse);
    }
  }

  static final class ToImageFormat extends Converter<ImageFormat> {
    ToImageFormat() {
      super(ImageFormat::parse);
    }
  }

  static final class ToSize extends Converter<Long> {
    ToSize() {
      super(Sizes::parse);
    }
  }

  static final class ToDuration extends Converter<Duration> {
    ToDuration() {
      super(Durations::parse);
    }
  }

  static final class ToCheckpointPolicy extends Converter<CheckpointPolicy> {
    ToCheckpointPolicy() {
      super(
          text ->
              text.equals("off")
                  ? CheckpointPolicy.OFF
                  : CheckpointPolicy.every(Durations.parse(text)));
    }
  }

  /** Off, try or require. */
  static final class ToFreezeMode extends Converter<FreezeMode> {
    ToFreezeMode() {
      super(FreezeMode::parse);
    }
  }

  static final class ToSubset extends Converter<Subset> {
    ToSubset() {
      super(Subset::parse);
    }
  }

  static final class ToPercent extends Converter<Double> {
    ToPercent() {
      super(ToPercent::percent);
    }

    private static Double percent(String text) {
      String number = text.endsWith("%") ? text.substring(0, text.length() - 1) : text;
      double percent = number.matches("[0-9]+(\\.[0-9]+)?") ? Double.parseDouble(number) : -1;
      if (percent < 0 || percent > 100) {
        throw new IllegalArgumentException(
            "'" + text + "' is not a percentage from 0 to 100, as in 1% or 0.5");
      }
      return percent;
    }
  }
}
