package org.qmpbs.qcow2.bitmap;

/** How far the storing of bitmaps has come, and so what an error leaves. */
enum CommitStage {
  /** Only what nobody can see was written. */
  PREPARING("The image is as it was."),
  COUNTING(
      "The bitmaps are as they were. Clusters that nothing uses may count as taken;"
          + " qmpbs bitmap repair gives them free."),
  SWITCHING(
      "The image has either its old bitmaps or the new ones, or QEMU drops them as out of date."
          + " Clusters that nothing uses may count as taken; qmpbs bitmap repair gives them"
          + " free."),
  FREEING(
      "The new bitmaps are stored. Clusters of the old ones may still count as taken;"
          + " qmpbs bitmap repair gives them free.");

  private final String consequence;

  CommitStage(String consequence) {
    this.consequence = consequence;
  }

  /** What state the image is in, in sentences. In none of them does guest data change. */
  String consequence() {
    return consequence;
  }
}
