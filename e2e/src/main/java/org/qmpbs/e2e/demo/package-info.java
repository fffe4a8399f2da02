/**
 * The embedded server as a program of its own, for {@code bin/demo} and {@code tools/benchmark}.
 */
@NullMarked
package org.qmpbs.e2e.demo;

import org.jspecify.annotations.NullMarked;
