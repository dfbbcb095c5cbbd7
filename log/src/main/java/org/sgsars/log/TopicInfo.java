package org.sgsars.log;

import org.apache.kafka.common.Uuid;

/**
 * A topic that exists.
 *
 * @param id another when the topic is made anew under the old name
 * @param partitions how many; at least 1
 */
public record TopicInfo(String name, Uuid id, int partitions) {}
