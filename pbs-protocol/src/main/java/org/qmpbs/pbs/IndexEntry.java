package org.qmpbs.pbs;

import org.qmpbs.chunker.Digest;

/**
 * A chunk at its place in an archive.
 *
 * @param offset of the chunk's first byte in the image
 * @param digest of the chunk
 */
public record IndexEntry(long offset, Digest digest) {}
