package org.sgsars.chaos;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Something bad that happens to a cluster. */
enum Fault {
  KILL_SERVICE("a service killed", Needs.NOTHING),
  KILL_TWO("two services killed at once", Needs.NOTHING),
  PAUSE_SERVICE("a service paused for longer than its session", Needs.NOTHING),
  ADD_MACHINE("a machine added", Needs.NOTHING),
  REMOVE_INSTANCE("an instance removed", Needs.NOTHING),
  LOSE_MACHINE("a service's machine lost for ever", Needs.NOTHING),
  WRONG_CLOCK("a machine's clock an hour off, or set right", Needs.NOTHING),
  ROLLING_RESTART("everything restarted, one after another", Needs.NOTHING),
  RESEND("records sent again", Needs.NOTHING),
  CUT_SERVICE("the network between a service and brokers cut", Needs.NOTHING),
  CUT_BROKER("the network between all services and a broker cut", Needs.NOTHING),
  KILL_BROKER("a broker killed, and away for a while", Needs.NOTHING),
  RESTART_BROKER("a broker restarted", Needs.NOTHING),
  PAUSE_BROKER("a broker paused", Needs.NOTHING),
  SLOW_BROKER("a broker slow, a tenth of its time", Needs.NOTHING),
  FULL_BROKER("a broker's disk full", Needs.NOTHING),
  MOVE_LEADERS("all leaders moved", Needs.REPLICAS),
  REPLACE_BROKER("a broker's disk lost, and an empty one in its place", Needs.REPLICAS),
  LOSE_BROKER("a broker lost for ever", Needs.REPLICAS),
  FULL_DISK("no room for saved states", Needs.FOLDER),
  TORN_STATE("the newest saved state truncated", Needs.FOLDER),
  CORRUPT_STATE("a byte of the newest saved state changed", Needs.FOLDER),
  LOSE_STATE("a service's state folder lost", Needs.FOLDER);

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

  Fault(String what, Needs needs) {
    this.what = what;
    this.needs = needs;
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
    return injection().inject(cluster, random, patient);
  }

  private Injection injection() {
    return switch (this) {
      case KILL_SERVICE -> ServiceFaults::kill;
      case KILL_TWO -> ServiceFaults::killTwo;
      case PAUSE_SERVICE -> ServiceFaults::pause;
      case ADD_MACHINE -> ServiceFaults::add;
      case REMOVE_INSTANCE -> ServiceFaults::remove;
      case LOSE_MACHINE -> ServiceFaults::removeMachine;
      case WRONG_CLOCK -> ServiceFaults::clock;
      case ROLLING_RESTART -> ServiceFaults::roll;
      case RESEND -> ServiceFaults::resend;
      case CUT_SERVICE -> NetworkFaults::service;
      case CUT_BROKER -> NetworkFaults::broker;
      case KILL_BROKER -> BrokerFaults::kill;
      case RESTART_BROKER -> BrokerFaults::restart;
      case PAUSE_BROKER -> BrokerFaults::pause;
      case SLOW_BROKER -> BrokerFaults::slow;
      case FULL_BROKER -> BrokerFaults::fillDisk;
      case MOVE_LEADERS -> BrokerFaults::moveLeaders;
      case REPLACE_BROKER -> BrokerFaults::replace;
      case LOSE_BROKER -> BrokerFaults::removeForGood;
      case FULL_DISK -> FolderFaults::fill;
      case TORN_STATE -> FolderFaults::truncate;
      case CORRUPT_STATE -> FolderFaults::corrupt;
      case LOSE_STATE -> FolderFaults::deleteStates;
    };
  }
}
