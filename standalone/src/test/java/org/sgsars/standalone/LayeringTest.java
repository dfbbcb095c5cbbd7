package org.sgsars.standalone;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;

/** Which package may know which, over all modules. docs/ARCHITECTURE.md has the same in words. */
@AnalyzeClasses(
    packages = "org.sgsars",
    importOptions = {ImportOption.DoNotIncludeTests.class, LayeringTest.NoTestJars.class})
final class LayeringTest {
  /** What tests of other modules share comes in jars of their own. */
  static final class NoTestJars implements ImportOption {
    @Override
    public boolean includes(Location location) {
      return !location.contains("-tests.jar");
    }
  }

  private static final String[] PURE = {
    "java..",
    "org.jspecify..",
    // Mathematics, in Java throughout: the same bits on every machine. Only fits know it.
    "org.hipparchus..",
    "org.sgsars.model..",
    "org.sgsars.policy..",
    "org.sgsars.random..",
    "org.sgsars.device..",
    "org.sgsars.sparsifier..",
    "org.sgsars.leveller..",
    "org.sgsars.crossbar.core..",
    "org.sgsars.analyzer.core.."
  };

  @ArchTest
  static final ArchRule WHAT_THE_PROJECT_IS_FOR_KNOWS_THE_LANGUAGE_ONLY =
      classes()
          .that()
          .resideInAnyPackage(
              "org.sgsars.model..",
              "org.sgsars.policy..",
              "org.sgsars.random..",
              "org.sgsars.device..",
              "org.sgsars.sparsifier..",
              "org.sgsars.leveller..",
              "org.sgsars.crossbar.core..",
              "org.sgsars.analyzer.core..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(PURE);

  @ArchTest
  static final ArchRule NOTHING_BUT_THE_FITS_KNOWS_THE_MATHEMATICS_THEY_NEED =
      noClasses()
          .that()
          .resideOutsideOfPackage("org.sgsars.device.fit..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.hipparchus..");

  @ArchTest
  static final ArchRule SOURCES_AND_THE_READER_KNOW_NEITHER_KAFKA_NOR_MICRONAUT_NOR_AVRO =
      noClasses()
          .that()
          .resideInAnyPackage(
              "org.sgsars.source..",
              "org.sgsars.experiment..",
              "org.sgsars.file..",
              "org.sgsars.failure..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.apache.kafka..", "io.micronaut..", "org.apache.avro..", "org.sgsars.wire..");

  @ArchTest
  static final ArchRule A_SPARSIFIER_KNOWS_NO_LEVELLER_AND_NO_DEVICE =
      noClasses()
          .that()
          .resideInAPackage("org.sgsars.sparsifier..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.sgsars.leveller..", "org.sgsars.device..");

  @ArchTest
  static final ArchRule NO_SERVICE_KNOWS_ANOTHER =
      slices()
          .matching("org.sgsars.(producer|sgs|ars|crossbar|analyzer)..")
          .should()
          .notDependOnEachOther();

  @ArchTest
  static final ArchRule NOTHING_KNOWS_THE_COMMAND_LINE_BUT_WHAT_STANDS_ON_IT =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              "org.sgsars.standalone..", "org.sgsars.benchmarks..", "org.sgsars.chaos..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.sgsars.standalone..");

  /** Which sets what every process is to have, such as digits that everybody reads. */
  @ArchTest
  static final ArchRule EVERY_SERVICE_STARTS_BY_THE_LAUNCHER =
      classes()
          .that()
          .haveSimpleName("Main")
          .and()
          .resideInAnyPackage(
              "org.sgsars.producer",
              "org.sgsars.sgs",
              "org.sgsars.ars",
              "org.sgsars.crossbar",
              "org.sgsars.analyzer")
          .should()
          .dependOnClassesThat()
          .haveFullyQualifiedName("org.sgsars.service.ServiceLauncher");

  @ArchTest
  static final ArchRule SERVICES_ASK_WHAT_THEY_ARE_HANDED_FOR_LOG_AND_TIME =
      noClasses()
          .that()
          .resideInAnyPackage(
              "org.sgsars.service",
              "org.sgsars.sgs.kafka",
              "org.sgsars.ars.kafka",
              "org.sgsars.crossbar.kafka",
              "org.sgsars.analyzer.kafka",
              "org.sgsars.producer.kafka")
          .and()
          .haveSimpleNameNotStartingWith("Kafka")
          .and()
          .doNotHaveSimpleName("BrokerDiagnosis")
          .should()
          .callMethod(System.class, "nanoTime")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(Thread.class, "sleep", long.class)
          .orShould()
          .dependOnClassesThat()
          .haveFullyQualifiedName("org.apache.kafka.clients.consumer.KafkaConsumer")
          .orShould()
          .dependOnClassesThat()
          .haveFullyQualifiedName("org.apache.kafka.clients.producer.KafkaProducer")
          .orShould()
          .dependOnClassesThat()
          .haveFullyQualifiedName("org.apache.kafka.clients.admin.Admin");

  /** Of more components than that two of a kind are swapped before long; nest value types. */
  private static final int MOST_COMPONENTS = 8;

  @ArchTest
  static final ArchRule RECORDS_HAVE_FEW_COMPONENTS =
      classes().that().areRecords().should(haveAtMost(MOST_COMPONENTS));

  private static ArchCondition<JavaClass> haveAtMost(int components) {
    return new ArchCondition<>("have at most " + components + " components") {
      @Override
      public void check(JavaClass record, ConditionEvents events) {
        long count = record.reflect().getRecordComponents().length;
        if (count > components) {
          events.add(
              SimpleConditionEvent.violated(
                  record, "%s has %d components".formatted(record.getName(), count)));
        }
      }
    };
  }
}
