package org.qmpbs.pbs;

import org.qmpbs.chunker.Digest;

/**
 * One file of a snapshot, as the manifest lists it.
 *
 * @param name archive or blob name, with its extension
 * @param cryptMode how it is protected
 * @param size of the image for an index, of the encoded blob for a blob, in bytes
 * @param checksum index checksum for an index, SHA-256 of the encoded blob for a blob
 */
public record ManifestFile(String name, CryptMode cryptMode, long size, Digest checksum) {}
