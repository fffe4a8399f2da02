/** The protocol of Proxmox Backup Server: login, backup and reader sessions, REST calls. */
module org.qmpbs.pbs {
  requires transitive org.qmpbs.chunker;
  requires com.fasterxml.jackson.databind;
  requires okhttp3;
  requires okio;
  requires org.bouncycastle.provider;
  requires static transitive org.jspecify;

  exports org.qmpbs.pbs;
  exports org.qmpbs.pbs.key;
}
