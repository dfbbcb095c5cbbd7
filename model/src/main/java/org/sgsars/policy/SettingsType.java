package org.sgsars.policy;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.WeakHashMap;
import org.sgsars.model.PolicyChoice;

/**
 * The settings that a record declares by {@link Setting}: turns values by name, as an experiment
 * file or a run's manifest holds them, into a record of that class, and back.
 *
 * <p>A value is a {@code Boolean}, {@code Long}, {@code Double} or {@code String}. A path is a
 * text, layers are one of {@link org.sgsars.model.LayerList}, and an enum's constant is its {@link
 * #key}.
 *
 * @param <S> the record
 */
public final class SettingsType<S extends Record> {
  /** Key of every policy's kind, beside its settings. */
  private static final String KIND = "kind";

  /** By reflection they cost more than all else that is done with a manifest. */
  private static final Map<Policy<?>, SettingsType<?>> OF_POLICIES =
      Collections.synchronizedMap(new WeakHashMap<>());

  private final String owner;
  private final Node<S> root;
  private final Map<String, Parameter> parameters = new LinkedHashMap<>();

  private SettingsType(String owner, Class<S> record, Collection<String> reserved) {
    this.owner = owner;
    this.root = new Node<>(owner, record);
    Set<String> names = new HashSet<>();
    for (SettingComponent component : root.leaves()) {
      String name = component.parameter().name();
      if (!names.add(name)) {
        throw component.wrong(owner, "is there twice; every setting needs its own name");
      }
      if (name.equals(KIND) || reserved.contains(name)) {
        throw component.wrong(owner, "has a name that is used beside a policy's settings");
      }
      parameters.put(name, component.parameter());
    }
  }

  /**
   * The settings of a record by itself.
   *
   * @throws IllegalArgumentException if the record declares something that cannot be a setting
   */
  public static <S extends Record> SettingsType<S> of(Class<S> record) {
    return new SettingsType<>(record.getSimpleName(), record, List.of());
  }

  /**
   * The settings of a policy, by its record and its preset. They are made once for each policy.
   *
   * @throws IllegalArgumentException if its record declares something that cannot be a setting
   */
  @SuppressWarnings("unchecked")
  public static <S extends Record> SettingsType<S> of(Policy<S> policy) {
    SettingsType<?> known = OF_POLICIES.get(policy);
    if (known == null) {
      known = made(policy);
      OF_POLICIES.put(policy, known);
    }
    return (SettingsType<S>) known;
  }

  private static <S extends Record> SettingsType<S> made(Policy<S> policy) {
    String owner = policy.family().key() + " '" + policy.kind() + "'";
    SettingsType<S> type =
        new SettingsType<>(owner, policy.settingsType(), policy.family().reservedNames());
    policy.preset().map(type::values).ifPresent(type::prefer);
    return type;
  }

  /** The settings of a run, as the policy has them; see {@link Policy#bind}. */
  public static <S extends Record> S bind(Policy<S> policy, PolicyChoice choice) {
    SettingsType<S> type;
    try {
      type = of(policy);
    } catch (RuntimeException | Error e) {
      throw PolicyFailure.of(policy.family(), choice.kind(), e);
    }
    Map<String, Object> values = type.checked(choice.settings());
    try {
      return type.root.make(values);
    } catch (RuntimeException | Error e) {
      throw PolicyFailure.of(policy.family(), choice.kind(), e);
    }
  }

  /** Takes other fallbacks than the declared ones. */
  private void prefer(Map<String, Object> fallbacks) {
    fallbacks.forEach(
        (name, value) -> {
          Parameter parameter = parameters.get(name);
          if (parameter == null || parameter.accept(value).isEmpty()) {
            throw new IllegalArgumentException(
                "%s: its preset has %s: %s; allowed: %s"
                    .formatted(owner, name, value, parameter == null ? "" : parameter.allowed()));
          }
          parameters.put(name, parameter.withFallback(value));
        });
  }

  /** Key of an enum's constant, as experiments write it: its name in kebab case. */
  public static String key(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Every setting, in the order of the record's components. */
  public List<Parameter> parameters() {
    return List.copyOf(parameters.values());
  }

  /**
   * Settings as somebody gives them, with defaults filled in.
   *
   * @param values by name, those that are allowed
   * @param problems everything that is not allowed, for people
   */
  public record Filled(Map<String, Object> values, List<String> problems) {
    public Filled {
      values = Collections.unmodifiableSortedMap(new TreeMap<>(values));
      problems = List.copyOf(problems);
    }
  }

  /** Fills in defaults and says what is not allowed. */
  public Filled fill(Map<String, ?> given) {
    Map<String, Object> values = new TreeMap<>();
    List<String> problems = new ArrayList<>();
    for (Parameter parameter : parameters.values()) {
      Object value = given.get(parameter.name());
      if (value != null) {
        parameter
            .accept(value)
            .ifPresentOrElse(
                allowed -> values.put(parameter.name(), allowed),
                () -> problems.add(problem(parameter, "is " + value)));
      } else if (parameter.fallback().isPresent()) {
        values.put(parameter.name(), parameter.fallback().get());
      } else if (parameter.required()) {
        problems.add(problem(parameter, "is missing"));
      }
    }
    for (String name : new TreeMap<>(given).keySet()) {
      if (!parameters.containsKey(name)) {
        problems.add(
            "%s has no setting '%s'; allowed: %s".formatted(owner, name, parameters.keySet()));
      }
    }
    return new Filled(values, problems);
  }

  private String problem(Parameter parameter, String what) {
    return "%s of %s %s; allowed: %s".formatted(parameter.name(), owner, what, parameter.allowed());
  }

  /**
   * The record of what is given, with defaults for the rest.
   *
   * @throws IllegalArgumentException with everything that is not allowed
   */
  public S bind(Map<String, ?> given) {
    return root.make(checked(given));
  }

  private Map<String, Object> checked(Map<String, ?> given) {
    Filled filled = fill(given);
    if (!filled.problems().isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", filled.problems()));
    }
    return filled.values();
  }

  /** Those of the given values that are allowed. */
  Map<String, Object> allowed(Map<String, ?> given) {
    Map<String, Object> allowed = new TreeMap<>();
    given.forEach(
        (name, value) ->
            Optional.ofNullable(parameters.get(name))
                .flatMap(parameter -> parameter.accept(value))
                .ifPresent(taken -> allowed.put(name, taken)));
    return allowed;
  }

  /** What a record holds, by name; what it leaves out is not there. */
  public Map<String, Object> values(S settings) {
    Map<String, Object> values = new TreeMap<>();
    root.collect(settings, values);
    return values;
  }

  /** A record's class with what its components are: settings, or records of settings. */
  private static final class Node<R extends Record> {
    private final Constructor<R> constructor;

    /** A {@code SettingComponent} or {@code Node}, by the component, in order. */
    private final Map<RecordComponent, Object> components = new LinkedHashMap<>();

    Node(String owner, Class<R> record) {
      RecordComponent[] all = record.getRecordComponents();
      if (all == null) {
        throw new IllegalArgumentException(
            "%s: %s is no record; declare its settings as the components of one"
                .formatted(owner, record.getName()));
      }
      try {
        constructor =
            record.getDeclaredConstructor(
                Arrays.stream(all).map(RecordComponent::getType).toArray(Class<?>[]::new));
      } catch (NoSuchMethodException e) {
        throw new IllegalStateException(e);
      }
      constructor.setAccessible(true);
      for (RecordComponent component : all) {
        component.getAccessor().setAccessible(true);
        boolean isNested = component.getType().isRecord() && !SettingComponent.isOne(component);
        components.put(
            component,
            isNested
                ? new Node<>(owner, component.getType().asSubclass(Record.class))
                : SettingComponent.of(owner, component));
      }
    }

    List<SettingComponent> leaves() {
      List<SettingComponent> leaves = new ArrayList<>();
      for (Object component : components.values()) {
        if (component instanceof Node<?> nested) {
          leaves.addAll(nested.leaves());
        } else {
          leaves.add((SettingComponent) component);
        }
      }
      return leaves;
    }

    R make(Map<String, Object> values) {
      Object[] arguments =
          components.values().stream()
              .map(
                  component ->
                      component instanceof Node<?> nested
                          ? nested.make(values)
                          : ((SettingComponent) component).read(values))
              .toArray();
      try {
        return constructor.newInstance(arguments);
      } catch (InvocationTargetException e) {
        throw thrown(e);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(e);
      }
    }

    void collect(Record settings, Map<String, Object> values) {
      for (Map.Entry<RecordComponent, Object> component : components.entrySet()) {
        Object value;
        try {
          value = component.getKey().getAccessor().invoke(settings);
        } catch (InvocationTargetException e) {
          throw thrown(e);
        } catch (ReflectiveOperationException e) {
          throw new IllegalStateException(e);
        }
        if (component.getValue() instanceof Node<?> nested) {
          nested.collect((Record) value, values);
        } else {
          ((SettingComponent) component.getValue()).write(value, values);
        }
      }
    }

    /** What the record itself threw, as if it had been called without reflection. */
    private static RuntimeException thrown(InvocationTargetException e) {
      Throwable cause = Optional.ofNullable(e.getCause()).orElse(e);
      if (cause instanceof Error error) {
        throw error;
      }
      return cause instanceof RuntimeException unchecked
          ? unchecked
          : new IllegalStateException(cause);
    }
  }
}
