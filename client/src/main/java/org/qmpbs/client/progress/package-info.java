/** How engines tell what they do, without knowing whether a person or a program listens. */
@NullMarked
package org.qmpbs.client.progress;

import org.jspecify.annotations.NullMarked;
