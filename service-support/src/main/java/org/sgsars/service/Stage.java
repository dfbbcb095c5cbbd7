package org.sgsars.service;

import org.sgsars.contract.wire.Topics;

/** One step of the pipeline: what it reads, and how it works on one partition of it. */
public interface Stage {
  /** Name of the service, such as {@code sgs-service}; also its consumer group. */
  String service();

  /** Full name of the topic it reads. */
  String inputTopic(Topics topics);

  /** A worker without state for one partition. */
  PartitionWorker open(Topics topics, RunCatalog runs);
}
