/**
 * What people and programs are told about the dirty bitmaps of an image or a machine: whose they
 * are, what is wrong, what a repair does.
 */
@NullMarked
package org.qmpbs.client.bitmap;

import org.jspecify.annotations.NullMarked;
