package org.qmpbs.chunker;

import java.io.NotSerializableException;
import java.util.Arrays;
import javax.crypto.SecretKey;

/**
 * Key bytes as the platform's ciphers want them. Its own class because {@code SecretKeySpec} keeps
 * a copy that cannot be overwritten, and can be serialised.
 */
final class RawKey implements SecretKey, AutoCloseable {
  private static final long serialVersionUID = 1L;

  private final transient byte[] bytes;
  private final String algorithm;

  /** Takes {@code bytes} over. */
  RawKey(String algorithm, byte[] bytes) {
    this.algorithm = algorithm;
    this.bytes = bytes;
  }

  @Override
  public String getAlgorithm() {
    return algorithm;
  }

  @Override
  public String getFormat() {
    return "RAW";
  }

  @Override
  public byte[] getEncoded() {
    return bytes.clone();
  }

  @Override
  public void close() {
    Arrays.fill(bytes, (byte) 0);
  }

  @Override
  public String toString() {
    return "(key)";
  }

  private Object writeReplace() throws NotSerializableException {
    throw new NotSerializableException("a key");
  }
}
