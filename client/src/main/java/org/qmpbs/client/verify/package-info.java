/**
 * Proving that a snapshot can be restored, without restoring it. {@link
 * org.qmpbs.client.verify.VerifyJob} is the way in.
 */
@NullMarked
package org.qmpbs.client.verify;

import org.jspecify.annotations.NullMarked;
