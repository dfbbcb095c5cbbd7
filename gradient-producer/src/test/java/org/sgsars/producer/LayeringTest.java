package org.sgsars.producer;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The core is pure: no Kafka, no Micronaut, no Avro, nothing but the language and the model. */
@AnalyzeClasses(
    packages = "org.sgsars.producer",
    importOptions = ImportOption.DoNotIncludeTests.class)
final class LayeringTest {
  @ArchTest
  static final ArchRule CORE_IS_PURE =
      classes()
          .that()
          .resideInAPackage("..core..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java..",
              "org.jspecify..",
              "org.sgsars.contract.model..",
              "org.sgsars.contract.policy..",
              "org.sgsars.contract.random..",
              "org.sgsars.producer.core..");
}
