package org.sgsars.simulation;

/** Where the services of a world keep their snapshots. */
enum Snapshots {
  /** In topics of the log, so that instances share nothing else. */
  LOG,
  /** In a folder that the instances of a service share. */
  FOLDER
}
