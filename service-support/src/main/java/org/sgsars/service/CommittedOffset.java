package org.sgsars.service;

import org.apache.kafka.clients.consumer.OffsetAndMetadata;

/**
 * What a service's committed offset says beside how far it is: which records it may still need. It
 * keeps older saved states too, and going back to one takes the records since.
 */
public final class CommittedOffset {
  private static final String NEEDED_FROM = "neededFrom=";

  private CommittedOffset() {}

  /** The metadata of a commit. */
  static String metadata(long neededFrom) {
    return NEEDED_FROM + neededFrom;
  }

  /** Whether this service committed it, and not another program that stood in its place. */
  static boolean isOurs(OffsetAndMetadata committed) {
    return committed.metadata().startsWith(NEEDED_FROM);
  }

  /** The first record that its service may still need; the offset itself if it does not say. */
  public static long neededFrom(OffsetAndMetadata committed) {
    String metadata = committed.metadata();
    if (metadata.startsWith(NEEDED_FROM)) {
      try {
        return Math.min(
            committed.offset(), Long.parseLong(metadata.substring(NEEDED_FROM.length())));
      } catch (NumberFormatException e) {
        // Another program's metadata.
        return committed.offset();
      }
    }
    return committed.offset();
  }
}
