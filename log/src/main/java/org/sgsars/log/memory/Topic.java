package org.sgsars.log.memory;

import java.util.List;
import org.apache.kafka.common.Uuid;

/**
 * A topic as long as it exists.
 *
 * @param maxRecordBytes size of its largest record on the wire
 */
record Topic(String name, Uuid id, int maxRecordBytes, List<PartitionLog> partitions) {}
