package org.sgsars.chaos;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Something bad that happens to a cluster. */
enum Fault {
  KILL_SERVICE("a service killed", Needs.NOTHING, ServiceFaults::kill),
  KILL_TWO("two services killed at once", Needs.NOTHING, ServiceFaults::killTwo),
  PAUSE_SERVICE(
      "a service paused for longer than its session", Needs.NOTHING, ServiceFaults::pause),
  ADD_MACHINE("a machine added", Needs.NOTHING, ServiceFaults::add),
  REMOVE_INSTANCE("an instance removed", Needs.NOTHING, ServiceFaults::remove),
  LOSE_MACHINE("a service's machine lost for ever", Needs.NOTHING, ServiceFaults::loseMachine),
  WRONG_CLOCK("a machine's clock an hour off, or set right", Needs.NOTHING, ServiceFaults::clock),
  ROLLING_RESTART("everything restarted, one after another", Needs.NOTHING, ServiceFaults::roll),
  RESEND("records sent again", Needs.NOTHING, ServiceFaults::resend),
  CUT_SERVICE(
      "the network between a service and brokers cut", Needs.NOTHING, NetworkFaults::service),
  CUT_BROKER(
      "the network between all services and a broker cut", Needs.NOTHING, NetworkFaults::broker),
  KILL_BROKER("a broker killed, and away for a while", Needs.NOTHING, BrokerFaults::kill),
  RESTART_BROKER("a broker restarted", Needs.NOTHING, BrokerFaults::restart),
  PAUSE_BROKER("a broker paused", Needs.NOTHING, BrokerFaults::pause),
  SLOW_BROKER("a broker slow, a tenth of its time", Needs.NOTHING, BrokerFaults::slow),
  FULL_BROKER("a broker's disk full", Needs.NOTHING, BrokerFaults::fillDisk),
  MOVE_LEADERS("all leaders moved", Needs.REPLICAS, BrokerFaults::moveLeaders),
  REPLACE_BROKER(
      "a broker's disk lost, and an empty one in its place", Needs.REPLICAS, BrokerFaults::replace),
  LOSE_BROKER("a broker lost for ever", Needs.REPLICAS, BrokerFaults::lose),
  FULL_DISK("no room for saved states", Needs.FOLDER, FolderFaults::fill),
  TORN_STATE("the newest saved state truncated", Needs.FOLDER, FolderFaults::truncate),
  CORRUPT_STATE("a byte of the newest saved state changed", Needs.FOLDER, FolderFaults::corrupt),
  LOSE_STATE("a service's state folder lost", Needs.FOLDER, FolderFaults::lose);

  /** What a cluster has to have. */
  private enum Needs {
    NOTHING,
    REPLICAS,
    FOLDER
  }

  /** How it happens. */
  @FunctionalInterface
  private interface Injection {
    boolean inject(Cluster cluster, SplittableRandom random, boolean patient) throws Exception;
  }

  private final String what;
  private final Needs needs;
  private final Injection injection;

  Fault(String what, Needs needs, Injection injection) {
    this.what = what;
    this.needs = needs;
    this.injection = injection;
  }

  /** What can happen to clusters of a shape. */
  static List<Fault> of(ClusterShape shape) {
    return Arrays.stream(values())
        .filter(
            fault ->
                switch (fault.needs) {
                  case NOTHING -> true;
                  case REPLICAS -> shape.hasReplicas();
                  case FOLDER -> shape.store() == ClusterShape.Store.FOLDER;
                })
        .toList();
  }

  String what() {
    return what;
  }

  /**
   * Makes it happen.
   *
   * @param patient whether broker and services may be away for long
   * @return whether it did; some cannot at the moment, or not on this system
   */
  boolean inject(Cluster cluster, SplittableRandom random, boolean patient) throws Exception {
    return injection.inject(cluster, random, patient);
  }
}
