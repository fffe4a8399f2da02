/** The program's entry. */
@NullMarked
package org.qmpbs.client;

import org.jspecify.annotations.NullMarked;
