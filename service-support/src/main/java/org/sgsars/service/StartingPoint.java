package org.sgsars.service;

import java.util.OptionalLong;

/**
 * Where processing of a partition resumes when it is assigned.
 *
 * @param from what it is gone on from
 * @param offset of the next input record
 */
record StartingPoint(From from, long offset) {
  enum From {
    SNAPSHOT,
    /** Another program in the service's place has come so far; it keeps no snapshot for us. */
    COMMIT_OF_ANOTHER,
    /** No snapshot reaches to where the log begins: what came of the records before is lost. */
    LOST,
    BEGINNING
  }

  /**
   * Decides it. A snapshot is of use where the next record is still in the log; past a gap the
   * layers would end one by one, as if their records were bad.
   *
   * @param snapshot the newest snapshot's next record
   * @param doneByAnother how far a replacement of the service has come since; 0 if there was none
   * @param logStart the first record that is in the log
   */
  static StartingPoint of(OptionalLong snapshot, long doneByAnother, long logStart) {
    if (snapshot.isPresent() && snapshot.getAsLong() >= Math.max(doneByAnother, logStart)) {
      return new StartingPoint(From.SNAPSHOT, snapshot.getAsLong());
    }
    if (doneByAnother > 0) {
      return new StartingPoint(From.COMMIT_OF_ANOTHER, Math.max(doneByAnother, logStart));
    }
    return new StartingPoint(logStart > 0 ? From.LOST : From.BEGINNING, logStart);
  }

  /** Whether layers may come in their middle, with no record of what came before. */
  boolean isLate() {
    return from == From.COMMIT_OF_ANOTHER || from == From.LOST;
  }
}
