package org.sgsars.standalone;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * Objects of Kubernetes, read from YAML.
 *
 * @param typed those of Kubernetes' own kinds
 * @param custom those of others' kinds, for which there is no type
 */
record Manifests(List<HasMetadata> typed, List<JsonNode> custom) {
  static final Path FOLDER = Runs.PROJECT.resolve("deploy/kubernetes");

  private static final Map<String, Class<? extends HasMetadata>> TYPES =
      Map.of(
          "v1 ConfigMap", ConfigMap.class,
          "v1 Namespace", Namespace.class,
          "v1 PersistentVolumeClaim", PersistentVolumeClaim.class,
          "v1 Service", Service.class,
          "v1 ServiceAccount", ServiceAccount.class,
          "apps/v1 Deployment", Deployment.class,
          "batch/v1 Job", Job.class,
          "networking.k8s.io/v1 NetworkPolicy", NetworkPolicy.class,
          "policy/v1 PodDisruptionBudget", PodDisruptionBudget.class);

  private static final Set<String> CUSTOM =
      Set.of(
          "keda.sh/v1alpha1 ScaledObject",
          "kafka.strimzi.io/v1 Kafka",
          "kafka.strimzi.io/v1 KafkaNodePool");

  /** The model's classes keep what they do not know in a map of more properties: here nowhere. */
  private static final ObjectMapper STRICT =
      JsonMapper.builder()
          .annotationIntrospector(
              new JacksonAnnotationIntrospector() {
                @Override
                public Boolean hasAnySetter(Annotated member) {
                  return false;
                }
              })
          .build();

  /**
   * Reads documents, each of which is to be an object.
   *
   * @throws IllegalArgumentException if a field is unknown, or a value of another type, or a kind
   */
  static Manifests of(String yaml) {
    List<HasMetadata> typed = new ArrayList<>();
    List<JsonNode> custom = new ArrayList<>();
    for (JsonNode tree : trees(yaml)) {
      String kind = tree.path("apiVersion").asText() + " " + tree.path("kind").asText();
      Class<? extends HasMetadata> type = TYPES.get(kind);
      if (type != null) {
        typed.add(STRICT.convertValue(tree, type));
      } else if (CUSTOM.contains(kind)) {
        custom.add(tree);
      } else {
        throw new IllegalArgumentException("No type for '" + kind + "' is known to the test");
      }
    }
    return new Manifests(List.copyOf(typed), List.copyOf(custom));
  }

  /** Each document of a file as it is. */
  static List<JsonNode> trees(String yaml) {
    List<JsonNode> trees = new ArrayList<>();
    for (Object document : new Load(LoadSettings.builder().build()).loadAllFromString(yaml)) {
      trees.add(STRICT.valueToTree(document));
    }
    return trees;
  }

  /** All files that are no kustomization, by folder and name. */
  static List<Path> files() {
    return yamlFiles().filter(file -> !isKustomization(file) && !isPatch(file)).toList();
  }

  static List<Path> kustomizations() {
    return yamlFiles().filter(Manifests::isKustomization).toList();
  }

  /** All objects of all files. */
  static Manifests all() {
    StringBuilder all = new StringBuilder();
    files().forEach(file -> all.append("---\n").append(text(file)));
    return of(all.toString());
  }

  static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  <T> List<T> of(Class<T> type) {
    return typed.stream().filter(type::isInstance).map(type::cast).toList();
  }

  /** Those of a kind that has no type. */
  List<JsonNode> ofKind(String kind) {
    return custom.stream().filter(tree -> tree.path("kind").asText().equals(kind)).toList();
  }

  /** What pods are made by, those of the Job too. */
  List<PodTemplateSpec> pods() {
    return Stream.concat(
            of(Deployment.class).stream().map(made -> made.getSpec().getTemplate()),
            of(Job.class).stream().map(made -> made.getSpec().getTemplate()))
        .toList();
  }

  private static Stream<Path> yamlFiles() {
    try (Stream<Path> files = Files.walk(FOLDER)) {
      return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isKustomization(Path file) {
    return file.endsWith("kustomization.yaml");
  }

  /** A part of an object; it is looked at in what kubectl makes of it. */
  private static boolean isPatch(Path file) {
    return text(file.resolveSibling("kustomization.yaml"))
        .contains("- path: " + file.getFileName());
  }
}
