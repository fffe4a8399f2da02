package org.qmpbs.chunker;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;

/**
 * AES-256-GCM as encrypted blobs and key files have it: IV and tag of 16 bytes each, then the data;
 * no additional data. Java puts the tag behind the data, so it is moved here.
 *
 * <p>A cipher is made for every call. That costs microseconds (docs/benchmarks.md); one kept per
 * thread would keep the expanded key alive for as long as the thread.
 */
final class AesGcm {
  /** Bytes before the data. */
  static final int OVERHEAD = 32;

  private static final int IV = 16;
  private static final int TAG = 16;

  /** Bytes behind the data that {@link #seal} needs for a moment. */
  static final int SPARE = TAG;

  private static final String ALGORITHM = "AES";
  private static final String TRANSFORMATION = "AES/GCM/NoPadding";

  private AesGcm() {}

  /**
   * Encrypts in place.
   *
   * @param offset where IV and tag go; the data is {@link #OVERHEAD} bytes behind it
   * @param length of the data; {@link #SPARE} more bytes of {@code buffer} are used
   */
  static void seal(EncryptionKey key, byte[] buffer, int offset, int length, SecureRandom random) {
    byte[] iv = new byte[IV];
    random.nextBytes(iv);
    int data = offset + OVERHEAD;
    try (RawKey raw = new RawKey(ALGORITHM, key.copyBytes())) {
      cipher(Cipher.ENCRYPT_MODE, raw, iv, 0).doFinal(buffer, data, length, buffer, data);
    } catch (GeneralSecurityException e) {
      throw unavailable(e);
    }
    System.arraycopy(iv, 0, buffer, offset, IV);
    System.arraycopy(buffer, data + length, buffer, offset + IV, TAG);
  }

  /**
   * Decrypts what fills {@code source} from {@code offset}, where its IV is, to its end.
   *
   * @throws AEADBadTagException if key, IV, tag and data do not belong together
   */
  static byte[] open(EncryptionKey key, byte[] source, int offset) throws AEADBadTagException {
    int data = offset + OVERHEAD;
    int length = source.length - data;
    byte[] withTag = Arrays.copyOfRange(source, data, data + length + TAG);
    System.arraycopy(source, offset + IV, withTag, length, TAG);
    try (RawKey raw = new RawKey(ALGORITHM, key.copyBytes())) {
      return cipher(Cipher.DECRYPT_MODE, raw, source, offset).doFinal(withTag);
    } catch (AEADBadTagException e) {
      throw e;
    } catch (GeneralSecurityException e) {
      throw unavailable(e);
    }
  }

  private static Cipher cipher(int mode, RawKey key, byte[] iv, int ivOffset)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance(TRANSFORMATION);
    cipher.init(mode, key, new GCMParameterSpec(Byte.SIZE * TAG, iv, ivOffset, IV));
    return cipher;
  }

  private static IllegalStateException unavailable(GeneralSecurityException e) {
    return new IllegalStateException("this Java platform has no " + TRANSFORMATION, e);
  }
}
