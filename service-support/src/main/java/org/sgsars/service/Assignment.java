package org.sgsars.service;

/**
 * One partition assigned to this instance. Offsets are those of the next record, or {@link #NONE}.
 */
final class Assignment {
  static final long NONE = -1;

  final SnapshotStore.Key key;
  final PartitionWorker worker;
  long position = NONE;

  /** Of the record that the consumer gives next, unless records were deleted under it. */
  long expected;

  long saved = NONE;

  /** Apart from what is to be committed: a commit may be lost and must be repeated. */
  long committed = NONE;

  long committedKept = NONE;

  /** Where the oldest saved state that is kept would go on. */
  long oldestKept = NONE;

  final HeldRecords held = new HeldRecords();

  Assignment(SnapshotStore.Key key, PartitionWorker worker) {
    this.key = key;
    this.worker = worker;
  }

  /** Where whoever has the state has to go on: what waits is not in it. */
  long safePosition() {
    return held.first().isPresent() ? Math.min(position, held.first().getAsLong()) : position;
  }
}
