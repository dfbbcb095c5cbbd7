package org.sgsars.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sgsars.contract.wire.Topics;

/**
 * The manifests of {@code deploy/kubernetes}: what they are by Kubernetes' own types, and whether
 * they say what the images, the settings and the documents say. No cluster is asked.
 */
final class KubernetesTest {
  private static final Manifests ALL = Manifests.all();

  @TempDir private Path folder = Path.of("");

  private static String project(String file) {
    return Manifests.text(Runs.PROJECT.resolve(file));
  }

  private static Set<String> found(String pattern, String text) {
    Set<String> found = new LinkedHashSet<>();
    for (MatchResult match : Pattern.compile(pattern).matcher(text).results().toList()) {
      found.add(match.group(1));
    }
    return found;
  }

  private static Map<String, String> settings() {
    Map<String, String> settings = new TreeMap<>();
    Manifests.text(Manifests.FOLDER.resolve("base/settings.env"))
        .lines()
        .filter(line -> !line.isBlank() && !line.startsWith("#"))
        .map(line -> line.split("=", 2))
        .forEach(parts -> settings.put(parts[0], parts[1]));
    return settings;
  }

  private static Container container(PodTemplateSpec pod) {
    assertThat(pod.getSpec().getContainers()).hasSize(1);
    return pod.getSpec().getContainers().get(0);
  }

  @Test
  void files_everyKindThatIsNeeded_isThere() {
    assertThat(ALL.of(Deployment.class).stream().map(made -> made.getMetadata().getName()))
        .containsExactlyInAnyOrder(
            "sgs-service", "ars-controller", "crossbar-sim", "lifetime-analyzer");
    assertThat(ALL.pods()).hasSize(5);
    assertThat(ALL.of(Service.class)).hasSize(1);
    assertThat(ALL.of(PodDisruptionBudget.class)).hasSize(3);
    assertThat(ALL.of(NetworkPolicy.class)).hasSize(4);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{apiVersion: v1, kind: Service, metadata: {name: a}, specs: {}}",
        "{apiVersion: v1, kind: Service, metadata: {name: a, label: {}}}",
        "{apiVersion: apps/v1, kind: Deployment, spec: {template: {spec: {containers: [{name: a, prots: []}]}}}}",
        "{apiVersion: apps/v1, kind: Deployment, spec: {replicas: some}}",
        "{apiVersion: apps/v1beta1, kind: Deployment}"
      })
  void of_mistake_isRefused(String yaml) {
    assertThatThrownBy(() -> Manifests.of(yaml)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void kustomizations_ofEveryFolder_nameEveryFileThere() throws IOException {
    List<Path> kustomizations = Manifests.kustomizations();
    assertThat(kustomizations).hasSize(7);
    for (Path kustomization : kustomizations) {
      JsonNode tree = Manifests.trees(Manifests.text(kustomization)).get(0);
      Set<String> named = new LinkedHashSet<>();
      tree.path("resources").forEach(file -> named.add(file.asText()));
      tree.path("patches").forEach(patch -> named.add(patch.path("path").asText()));
      for (JsonNode map : tree.path("configMapGenerator")) {
        map.path("files").forEach(file -> named.add(file.asText()));
        map.path("envs").forEach(file -> named.add(file.asText()));
      }
      named.removeIf(file -> file.isEmpty() || file.startsWith("../"));
      try (Stream<Path> files = Files.list(kustomization.resolveSibling(""))) {
        assertThat(
                files
                    .filter(Files::isRegularFile)
                    .map(file -> file.getFileName().toString())
                    .filter(file -> !file.equals("kustomization.yaml")))
            .as(kustomization.toString())
            .containsExactlyInAnyOrderElementsOf(named);
      }
    }
  }

  @Test
  void images_ofAllPods_areThoseOfComposeInThisVersion() {
    Set<String> images = found("(?m)^ +image: (sgs-ars/\\S+)$", project("docker-compose.yml"));

    assertThat(images).hasSize(5);
    assertThat(ALL.pods().stream().map(pod -> container(pod).getImage()))
        .containsExactlyInAnyOrderElementsOf(images);
    assertThat(images)
        .allMatch(image -> image.endsWith(":" + version()), "of version " + version());
  }

  private static String version() {
    return found("<version>([^<]+)</version>", project("pom.xml")).iterator().next();
  }

  @Test
  void pods_all_mayDoNothingButRun() {
    long uid = Long.parseLong(found("--uid (\\d+)", project("Dockerfile")).iterator().next());
    for (PodTemplateSpec pod : ALL.pods()) {
      PodSpec spec = pod.getSpec();
      String name = container(pod).getImage();
      assertThat(spec.getAutomountServiceAccountToken()).as(name).isFalse();
      assertThat(spec.getEnableServiceLinks()).as(name).isFalse();
      assertThat(spec.getSecurityContext().getRunAsNonRoot()).as(name).isTrue();
      assertThat(spec.getSecurityContext().getRunAsUser()).as(name).isEqualTo(uid);
      assertThat(spec.getSecurityContext().getSeccompProfile().getType())
          .as(name)
          .isEqualTo("RuntimeDefault");
      var rights = container(pod).getSecurityContext();
      assertThat(rights.getReadOnlyRootFilesystem()).as(name).isTrue();
      assertThat(rights.getAllowPrivilegeEscalation()).as(name).isFalse();
      assertThat(rights.getCapabilities().getDrop()).as(name).containsExactly("ALL");
      var resources = container(pod).getResources();
      assertThat(resources.getRequests()).as(name).containsKeys("cpu", "memory");
      assertThat(resources.getLimits().get("memory"))
          .as(name)
          .isEqualTo(resources.getRequests().get("memory"));
      assertThat(spec.getTerminationGracePeriodSeconds()).as(name).isGreaterThan(30);
    }
  }

  /** A service that loses its node goes on elsewhere, so nothing on a node may count. */
  @Test
  void volumes_all_holdNothingThatCounts() {
    for (PodTemplateSpec pod : ALL.pods()) {
      List<Volume> volumes = pod.getSpec().getVolumes();
      assertThat(volumes)
          .allMatch(volume -> volume.getEmptyDir() != null || volume.getConfigMap() != null);
      assertThat(container(pod).getVolumeMounts().stream().map(mount -> mount.getName()))
          .containsExactlyInAnyOrderElementsOf(volumes.stream().map(Volume::getName).toList());
    }
    assertThat(settings()).containsEntry("SGSARS_STATE_STORE", "kafka");
    assertThat(ALL.of(PersistentVolumeClaim.class)).hasSize(1);
  }

  @Test
  void probes_all_askWhatTheDocumentsSay() {
    int port =
        Integer.parseInt(
            found("MICRONAUT_SERVER_PORT=(\\d+)", project("Dockerfile")).iterator().next());
    String services = project("docs/SERVICES.md");
    for (PodTemplateSpec pod : ALL.pods()) {
      Container container = container(pod);
      assertThat(container.getPorts())
          .singleElement()
          .satisfies(open -> assertThat(open.getContainerPort()).isEqualTo(port))
          .satisfies(open -> assertThat(open.getName()).isEqualTo("http"));
      assertThat(path(container.getStartupProbe())).isEqualTo("/health/liveness");
      assertThat(path(container.getLivenessProbe())).isEqualTo("/health/liveness");
      if (container.getReadinessProbe() != null) {
        assertThat(path(container.getReadinessProbe())).isEqualTo("/health");
        // It takes 2 s to answer where the broker is away.
        assertThat(container.getReadinessProbe().getTimeoutSeconds()).isGreaterThan(2);
      }
      assertThat(pod.getMetadata().getAnnotations())
          .containsEntry("prometheus.io/port", "" + port)
          .containsEntry("prometheus.io/path", "/prometheus");
    }
    assertThat(services).contains("`/health`", "`/health/liveness`", "`/prometheus`");
  }

  private static String path(Probe probe) {
    assertThat(probe.getHttpGet().getPort().getStrVal()).isEqualTo("http");
    return probe.getHttpGet().getPath();
  }

  @Test
  void settings_all_areDocumented() {
    Set<String> documented = new LinkedHashSet<>();
    for (String name : found("`(sgsars[.][a-z.-]+)`", project("docs/reference/settings.md"))) {
      documented.add(environment(name));
    }
    Set<String> used = new LinkedHashSet<>(settings().keySet());
    for (Path file : Manifests.files()) {
      used.addAll(found("(SGSARS_[A-Z_]+)", Manifests.text(file)));
    }
    used.addAll(
        found("(SGSARS_[A-Z_]+)", project("deploy/kubernetes/components/kafka-login/login.yaml")));
    for (String file : List.of("docker-compose.broker.yml", "docker-compose.worker.yml")) {
      used.addAll(found("(SGSARS_[A-Z_]+)", project(file)));
    }

    assertThat(used).hasSizeGreaterThan(8);
    assertThat(documented).containsAll(used);
  }

  private static String environment(String setting) {
    return setting.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
  }

  /** The Job's ConfigMap is made by kustomize; that of the settings is there before it. */
  @Test
  void environment_all_comesFromTheSettings() {
    for (PodTemplateSpec pod : ALL.pods()) {
      assertThat(container(pod).getEnvFrom())
          .singleElement()
          .satisfies(
              from -> assertThat(from.getConfigMapRef().getName()).isEqualTo("sgs-ars-settings"));
      assertThat(container(pod).getEnv().stream().map(EnvVar::getName))
          .doesNotContainAnyElementsOf(settings().keySet());
    }
  }

  @Test
  void selectors_all_meetPods() {
    List<Map<String, String>> labels =
        ALL.pods().stream().map(pod -> pod.getMetadata().getLabels()).toList();
    List<Map<String, String>> selectors = new ArrayList<>();
    for (Deployment made : ALL.of(Deployment.class)) {
      Map<String, String> own = made.getSpec().getTemplate().getMetadata().getLabels();
      assertThat(own.entrySet())
          .containsAll(made.getSpec().getSelector().getMatchLabels().entrySet());
      made.getSpec()
          .getTemplate()
          .getSpec()
          .getTopologySpreadConstraints()
          .forEach(spread -> selectors.add(spread.getLabelSelector().getMatchLabels()));
    }
    ALL.of(Service.class).forEach(made -> selectors.add(made.getSpec().getSelector()));
    ALL.of(PodDisruptionBudget.class)
        .forEach(made -> selectors.add(made.getSpec().getSelector().getMatchLabels()));
    ALL.of(NetworkPolicy.class)
        .forEach(made -> selectors.add(made.getSpec().getPodSelector().getMatchLabels()));

    assertThat(selectors).hasSize(3 + 1 + 3 + 4);
    for (Map<String, String> selector : selectors) {
      assertThat(labels)
          .as("a pod with %s", selector)
          .anyMatch(pod -> pod.entrySet().containsAll(selector.entrySet()));
    }
  }

  @Test
  void policies_ofTheNetwork_denyAndAllowTheBroker() {
    int broker =
        Integer.parseInt(
            settings().getOrDefault("SGSARS_KAFKA_BOOTSTRAP_SERVERS", "").split(":", 2)[1]);
    List<NetworkPolicy> policies = ALL.of(NetworkPolicy.class);

    assertThat(policies)
        .filteredOn(policy -> policy.getSpec().getPolicyTypes().size() == 2)
        .singleElement()
        .satisfies(
            policy -> {
              assertThat(policy.getSpec().getIngress()).isEmpty();
              assertThat(policy.getSpec().getEgress()).isEmpty();
            });
    assertThat(policies.stream().flatMap(policy -> policy.getSpec().getEgress().stream()))
        .anySatisfy(
            rule ->
                assertThat(rule.getPorts())
                    .singleElement()
                    .satisfies(port -> assertThat(port.getPort().getIntVal()).isEqualTo(broker)));
  }

  /** Of a kind that no type is at hand for: what is common to it and the rest. */
  @Test
  void scaledObjects_all_goByTheLagOfAGroupThatIsThere() {
    Map<String, String> topics =
        Map.of(
            "sgs-service", new Topics("").gradients(),
            "ars-controller", new Topics("").updates(),
            "crossbar-sim", new Topics("").rowWrites());
    String namespace =
        Manifests.trees(project("deploy/kubernetes/example/kustomization.yaml"))
            .get(0)
            .path("namespace")
            .asText();
    String[] broker = settings().getOrDefault("SGSARS_KAFKA_BOOTSTRAP_SERVERS", "").split(":", 2);

    assertThat(ALL.ofKind("ScaledObject")).hasSize(3);
    for (JsonNode scaled : ALL.ofKind("ScaledObject")) {
      String service = scaled.at("/spec/scaleTargetRef/name").asText();
      JsonNode trigger = scaled.at("/spec/triggers/0/metadata");
      assertThat(trigger.path("consumerGroup").asText()).isEqualTo(service);
      assertThat(trigger.path("topic").asText()).isEqualTo(topics.get(service));
      assertThat(trigger.path("bootstrapServers").asText())
          .isEqualTo("%s.%s.svc:%s".formatted(broker[0], namespace, broker[1]));
      assertThat(scaled.at("/spec/maxReplicaCount").asText())
          .isEqualTo(settings().get("SGSARS_KAFKA_PARTITIONS"));
    }
  }

  @Test
  void kafka_example_isWhatTheSettingsName() {
    JsonNode kafka = ALL.ofKind("Kafka").get(0);
    JsonNode pool = ALL.ofKind("KafkaNodePool").get(0);
    String name = kafka.at("/metadata/name").asText();
    JsonNode config = kafka.at("/spec/kafka/config");

    assertThat(settings())
        .containsEntry(
            "SGSARS_KAFKA_BOOTSTRAP_SERVERS",
            name + "-kafka-bootstrap:" + kafka.at("/spec/kafka/listeners/0/port").asText());
    assertThat(pool.at("/metadata/labels").path("strimzi.io/cluster").asText()).isEqualTo(name);
    assertThat(pool.at("/spec/replicas").asInt())
        .isEqualTo(config.path("default.replication.factor").asInt())
        .isEqualTo(config.path("min.insync.replicas").asInt() + 1);
    assertThat(Manifests.text(Manifests.FOLDER.resolve("base/network-policies.yaml")))
        .contains("strimzi.io/cluster: " + name + "\n");
  }

  @Test
  void experiment_ofTheJob_isOne() {
    CommandResult result =
        CommandResult.run("validate", Manifests.FOLDER.resolve("run/experiment.yml").toString());

    assertThat(result.err()).isEmpty();
    assertThat(result.code()).isZero();
  }

  /** Where kubectl is there, what it makes of the folders is read likewise. */
  @Test
  void kubectl_example_makesWhatIsAllowed() throws Exception {
    Manifests made = Manifests.of(kustomized(Manifests.FOLDER.resolve("example")));

    assertThat(made.pods()).hasSize(5);
    assertThat(made.typed())
        .filteredOn(object -> !object.getKind().equals("Namespace"))
        .extracting((HasMetadata object) -> object.getMetadata().getNamespace())
        .containsOnly("sgs-ars");
  }

  @Test
  void kubectl_exampleWithAllComponents_makesWhatIsAllowed() throws Exception {
    Path copy = folder.resolve("kubernetes");
    try (Stream<Path> files = Files.walk(Manifests.FOLDER)) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(Manifests.FOLDER.relativize(file).toString()));
      }
    }
    Path kustomization = copy.resolve("example/kustomization.yaml");
    Files.writeString(
        kustomization,
        Files.readString(kustomization)
            .replace("# components:", "components:")
            .replaceAll("(?m)^#   - \\.\\./", "  - ../"));
    Manifests made = Manifests.of(kustomized(copy.resolve("example")));

    assertThat(made.ofKind("ScaledObject")).hasSize(3);
    for (Deployment service : made.of(Deployment.class)) {
      boolean isAnalyzer = service.getMetadata().getName().equals("lifetime-analyzer");
      assertThat(service.getSpec().getReplicas()).isEqualTo(isAnalyzer ? 1 : null);
    }
    for (PodTemplateSpec pod : made.pods()) {
      assertThat(container(pod).getEnv().stream().map(EnvVar::getName))
          .contains("SGSARS_KAFKA_PROPERTIES_FILE");
      assertThat(pod.getSpec().getVolumes())
          .filteredOn(volume -> volume.getName().equals("reports"))
          .allMatch(
              volume -> volume.getPersistentVolumeClaim() != null && volume.getEmptyDir() == null);
    }
  }

  private static String kustomized(Path folder) throws IOException, InterruptedException {
    assumeThat(isThere("kubectl")).as("kubectl is there").isTrue();
    Process process =
        new ProcessBuilder("kubectl", "kustomize", folder.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String made = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    return made;
  }

  private static boolean isThere(String program) {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }
}
