/**
 * Taking a running machine to the server: the plan per disk, the bitmap rule, the pipeline of
 * chunks, and the order in which all of it is done and undone.
 */
@NullMarked
package org.qmpbs.client.backup;

import org.jspecify.annotations.NullMarked;
