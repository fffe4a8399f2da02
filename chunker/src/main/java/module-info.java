/** Chunks, blobs, digests and fixed indexes: the formats of a Proxmox Backup Server datastore. */
module org.qmpbs.chunker {
  requires com.github.luben.zstd_jni;
  requires static transitive org.jspecify;

  exports org.qmpbs.chunker;
}
