package org.sgsars.standalone;

import java.time.Duration;
import java.util.Map;

/**
 * A broker among others of its cluster.
 *
 * @param id of the node, from 1
 * @param clusterId the same for all nodes of the cluster
 * @param clockOffset how far its clock goes ahead of the machine's
 * @param settings Kafka's, which go before those of a broker that is alone
 */
public record BrokerNode(
    int id, String clusterId, Duration clockOffset, Map<String, String> settings) {
  public BrokerNode {
    settings = Map.copyOf(settings);
  }
}
