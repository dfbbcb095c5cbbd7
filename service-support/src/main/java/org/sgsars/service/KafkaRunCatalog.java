package org.sgsars.service;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.sgsars.model.RunPlan;
import org.sgsars.policy.Policies;

/** The runs on the topic {@code runs}, as far as they are read. For one thread. */
public final class KafkaRunCatalog implements RunCatalog {
  /** Nobody waits longer for a look at what may be retired. */
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final TopicReader reader;
  private final Announcements announcements;
  private boolean expectsNews = true;

  /** For whoever makes nothing of policies. */
  public KafkaRunCatalog(PipelineLog log) {
    this(log, new Policies(List.of()));
  }

  /**
   * @param policies whose settings are filled in and checked in what {@link #find} finds
   */
  public KafkaRunCatalog(PipelineLog log, Policies policies) {
    reader = new TopicReader(log, List.of(log.topics().runs()));
    announcements = new Announcements(policies);
  }

  @Override
  public Optional<RunPlan> find(String run) {
    if (announcements.find(run).isEmpty() && (expectsNews || !isRetired(run))) {
      reader.readToEnd(announcements::apply);
      expectsNews = false;
    }
    return announcements.find(run);
  }

  @Override
  public Optional<String> problem(String run) {
    return announcements.problem(run);
  }

  @Override
  public void expectNews() {
    expectsNews = true;
  }

  @Override
  public Set<String> announced() {
    reader.readToEnd(announcements::apply);
    return announcements.announced();
  }

  /** All runs that are announced by now, each of their attempts, in no order. */
  public Stream<RunPlan> plans() {
    reader.readToEnd(announcements::apply);
    return announcements.plans();
  }

  /** The last attempt of a run that was announced by now. */
  public Optional<RunPlan> lastAttempt(String name) {
    reader.readToEnd(announcements::apply);
    return announcements
        .plans()
        .filter(plan -> RunPlan.nameOf(plan.run()).equals(name))
        .max(Comparator.comparingInt(plan -> RunPlan.attemptOf(plan.run())));
  }

  /** Why a run cannot go on where it is but has to begin anew, if a service said so by now. */
  public Optional<String> stateLost(String run) {
    reader.readToEnd(announcements::apply);
    return announcements.stateLost(run);
  }

  /**
   * Which parts of a run were announced by now, each {@code i/n} as its producer says ({@link
   * org.sgsars.contract.wire.Topics#SHARD_HEADER}); {@code 0/1} of one that sends all of it.
   */
  public Set<String> shards(String run) {
    reader.readToEnd(announcements::apply);
    return announcements.shards(run);
  }

  @Override
  public boolean isAborted(String run) {
    reader.readToEnd(announcements::apply);
    return announcements.isAborted(run);
  }

  @Override
  public boolean isRetired(String run) {
    return announcements.isRetired(run);
  }

  @Override
  public Set<String> drainRetired() {
    reader.tryToReadToEnd(TIMEOUT, announcements::apply).ifPresent(announcements::evictDeleted);
    return announcements.drainRetired();
  }

  @Override
  public void close() {
    reader.close();
  }
}
