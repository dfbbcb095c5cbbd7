package org.sgsars.policy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.sgsars.model.PolicyChoice;

/** The policies that experiments can name, by family and kind. */
public final class Policies {
  private final Map<PolicyFamily, TreeMap<String, Policy<?>>> byFamily =
      new EnumMap<>(PolicyFamily.class);

  /**
   * @throws IllegalArgumentException if two policies of a family have the same kind, or one
   *     declares settings that it cannot have
   */
  public Policies(Collection<? extends Policy<?>> policies) {
    for (Policy<?> policy : policies) {
      Policy<?> other =
          byFamily
              .computeIfAbsent(policy.family(), family -> new TreeMap<>())
              .put(policy.kind(), policy);
      if (other != null) {
        throw new IllegalArgumentException(
            "Two policies are the %s '%s': %s and %s; give one another kind"
                .formatted(
                    policy.family().key(),
                    policy.kind(),
                    other.getClass().getName(),
                    policy.getClass().getName()));
      }
      SettingsType.of(policy);
    }
  }

  /**
   * All policies on the class path of the calling thread, a user's own among them.
   *
   * @throws PolicyLoadException if one cannot be loaded or declares settings that it cannot have,
   *     or two have the same kind
   */
  public static Policies onClassPath() {
    List<Policy<?>> found = new ArrayList<>();
    try {
      for (Policy<?> policy : ServiceLoader.load(Policy.class)) {
        found.add(policy);
      }
      return new Policies(found);
    } catch (ServiceConfigurationError | LinkageError | RuntimeException e) {
      throw new PolicyLoadException(
          "A policy on the class path cannot be used: " + e.getMessage(), e);
    }
  }

  public Optional<Policy<?>> find(PolicyFamily family, String kind) {
    return Optional.ofNullable(byFamily.getOrDefault(family, new TreeMap<>()).get(kind));
  }

  /**
   * Whether a policy is here and has a property.
   *
   * @throws PolicyFailure if it throws when it is asked
   */
  public boolean has(PolicyFamily family, String kind, Predicate<Policy<?>> property) {
    try {
      return find(family, kind).filter(property).isPresent();
    } catch (RuntimeException | Error e) {
      throw PolicyFailure.of(family, kind, e);
    }
  }

  /**
   * A choice's policy with its settings, if it is here.
   *
   * @throws IllegalArgumentException with everything that is not allowed of the settings
   * @throws PolicyFailure if the policy throws
   */
  public Optional<BoundPolicy<?>> bind(PolicyFamily family, PolicyChoice choice) {
    return find(family, choice.kind()).map(policy -> policy.bind(choice));
  }

  /**
   * What a choice stands for ({@link Policy#standsFor}), with all settings; the choice itself where
   * it is no name for others, or of a policy that is not here.
   *
   * @param onDevice whether a device is modelled
   * @throws PolicyFailure if the policy throws
   */
  public List<PolicyChoice> meantBy(PolicyFamily family, PolicyChoice choice, boolean onDevice) {
    List<PolicyChoice> meant;
    try {
      meant = find(family, choice.kind()).map(of -> of.standsFor(onDevice)).orElse(List.of());
    } catch (RuntimeException | Error e) {
      throw PolicyFailure.of(family, choice.kind(), e);
    }
    return meant.isEmpty()
        ? List.of(choice)
        : meant.stream().map(of -> bind(family, of).map(BoundPolicy::choice).orElse(of)).toList();
  }

  /** The policies of a family, by kind. */
  public Collection<Policy<?>> all(PolicyFamily family) {
    return List.copyOf(byFamily.getOrDefault(family, new TreeMap<>()).values());
  }

  /** The kinds of a family, in alphabetical order. */
  public List<String> kinds(PolicyFamily family) {
    return List.copyOf(byFamily.getOrDefault(family, new TreeMap<>()).keySet());
  }

  /**
   * The policy of a run's manifest.
   *
   * @throws IllegalArgumentException if there is none of that kind and type, naming those there are
   */
  public <T> T require(PolicyFamily family, String kind, Class<T> type) {
    return find(family, kind)
        .filter(type::isInstance)
        .map(type::cast)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "Unknown %s '%s': expected one of %s"
                        .formatted(family.key(), kind, kinds(family))));
  }
}
