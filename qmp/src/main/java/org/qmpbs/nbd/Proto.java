package org.qmpbs.nbd;

/**
 * The numbers of the protocol, named as in its definition: doc/proto.md of the NetworkBlockDevice
 * project. All integers on the wire are big-endian.
 */
final class Proto {
  static final long NBDMAGIC = 0x4e42444d41474943L;
  static final long IHAVEOPT = 0x49484156454F5054L;
  static final long OLDSTYLE_MAGIC = 0x00420281861253L;
  static final long OPTION_REPLY_MAGIC = 0x3e889045565a9L;
  static final int REQUEST_MAGIC = 0x25609513;
  static final int SIMPLE_REPLY_MAGIC = 0x67446698;
  static final int STRUCTURED_REPLY_MAGIC = 0x668e33ef;

  /** Handshake and client flags have the same bits. */
  static final int FLAG_FIXED_NEWSTYLE = 1;

  static final int FLAG_NO_ZEROES = 1 << 1;

  /** Transmission flags. */
  static final int FLAG_HAS_FLAGS = 1;

  static final int OPT_ABORT = 2;
  static final int OPT_GO = 7;
  static final int OPT_STRUCTURED_REPLY = 8;
  static final int OPT_SET_META_CONTEXT = 10;

  static final int REP_ACK = 1;
  static final int REP_INFO = 3;
  static final int REP_META_CONTEXT = 4;
  static final int REP_FLAG_ERROR = 1 << 31;
  static final int REP_ERR_UNSUP = REP_FLAG_ERROR + 1;
  static final int REP_ERR_POLICY = REP_FLAG_ERROR + 2;
  static final int REP_ERR_INVALID = REP_FLAG_ERROR + 3;
  static final int REP_ERR_PLATFORM = REP_FLAG_ERROR + 4;
  static final int REP_ERR_TLS_REQD = REP_FLAG_ERROR + 5;
  static final int REP_ERR_UNKNOWN = REP_FLAG_ERROR + 6;
  static final int REP_ERR_SHUTDOWN = REP_FLAG_ERROR + 7;
  static final int REP_ERR_TOO_BIG = REP_FLAG_ERROR + 9;

  static final int INFO_EXPORT = 0;
  static final int INFO_BLOCK_SIZE = 3;

  static final int CMD_READ = 0;
  static final int CMD_DISC = 2;
  static final int CMD_BLOCK_STATUS = 7;

  static final int REPLY_FLAG_DONE = 1;
  static final int REPLY_TYPE_NONE = 0;
  static final int REPLY_TYPE_OFFSET_DATA = 1;
  static final int REPLY_TYPE_OFFSET_HOLE = 2;
  static final int REPLY_TYPE_BLOCK_STATUS = 5;
  static final int REPLY_TYPE_FLAG_ERROR = 1 << 15;
  static final int REPLY_TYPE_ERROR = REPLY_TYPE_FLAG_ERROR + 1;
  static final int REPLY_TYPE_ERROR_OFFSET = REPLY_TYPE_FLAG_ERROR + 2;

  /** "String" of the protocol: at most this many bytes of UTF-8. */
  static final int MAX_STRING = 4096;

  /** The largest payload that every server takes, and all this client ever asks for. */
  static final int MAX_PAYLOAD = 32 * 1024 * 1024;

  /** The largest minimum block size that a server may demand. */
  static final int MAX_MINIMUM_BLOCK = 64 * 1024;

  /** "Servers SHOULD NOT send more than 2^20 extents in a single reply chunk". */
  static final int MAX_DESCRIPTORS = 1 << 20;

  private Proto() {}
}
