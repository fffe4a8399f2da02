/**
 * Encryption keys at rest: key files, passphrases, master keys (docs/protocol.md, "Key files").
 * Files and cryptography only; nothing here knows of servers or sessions, and only this package
 * knows of BouncyCastle. Of that its own classes are used and no provider is registered, so that
 * nothing else of the program changes its cryptography.
 *
 * <p>No exception of this package carries a cause or a text that came out of a key file, a PEM file
 * or a passphrase: parsers like to quote what they do not understand.
 */
@NullMarked
package org.qmpbs.pbs.key;

import org.jspecify.annotations.NullMarked;
