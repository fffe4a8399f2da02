/**
 * Keys of the user: where they lie, how their passphrases are asked for, how they look on paper.
 * Formats and cryptography are {@link org.qmpbs.pbs.key}'s.
 */
@NullMarked
package org.qmpbs.client.key;

import org.jspecify.annotations.NullMarked;
