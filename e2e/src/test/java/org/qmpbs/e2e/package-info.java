/**
 * End-to-end tests: a real QEMU, the real command line in a process of its own, and a server that
 * speaks the real protocol. What is proven here is only what a user can see.
 *
 * <p>{@code QMPBS_E2E_QEMU=/folder} takes QEMU's programs from that folder. With {@code
 * QMPBS_E2E_REPOSITORY}, {@code QMPBS_E2E_PASSWORD} and {@code QMPBS_E2E_FINGERPRINT} the tests run
 * against that server; those that need to slow the server down or to look into its datastore are
 * then skipped.
 */
@NullMarked
package org.qmpbs.e2e;

import org.jspecify.annotations.NullMarked;
