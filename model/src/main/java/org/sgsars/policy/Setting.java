package org.sgsars.policy;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Declares one setting of a policy: a component of its record of settings. The component's name is
 * the key in experiment files, and its type says what a value is:
 *
 * <ul>
 *   <li>{@code int}, {@code long}: a whole number; {@code double}: a number. Both have a {@link
 *       #least} or {@link #above}, and a {@link #most};
 *   <li>{@code boolean}: true or false;
 *   <li>an enum: one of some words, its constants in kebab case;
 *   <li>{@code String}: a text; {@link java.nio.file.Path}: a path, relative to the experiment
 *       file;
 *   <li>{@code List<LayerShape>}: layers, or the path of a file that holds some;
 *   <li>{@code OptionalInt}, {@code OptionalLong}, {@code OptionalDouble}, or {@code Optional} of
 *       one of the others: the same, and it may be left out.
 * </ul>
 *
 * <p>What is neither optional nor has a {@link #fallback} must be given. A component that is itself
 * a record of settings has no annotation; its settings stand beside the others, in the same
 * section. {@link SettingsType} reads and checks the declaration.
 */
@Target(ElementType.RECORD_COMPONENT)
@Retention(RetentionPolicy.RUNTIME)
public @interface Setting {
  /** What it means, for people, in one or a few sentences. */
  String about();

  /** Unit of a number, such as {@code iterations}; empty where there is none. */
  String unit() default "";

  /** Least number that is allowed. */
  double least() default Double.NaN;

  /** Instead of {@link #least}: the number that it must be above. */
  double above() default Double.NaN;

  /** Largest number that is allowed. */
  double most() default Double.NaN;

  /** Value if it is left out, as an experiment file has it; empty if there is none. */
  String fallback() default "";

  /** Of an optional setting: what holds if it is left out, in words, such as {@code all}. */
  String absent() default "";
}
