# One of the five services: docker build --build-arg SERVICE=sgs-service -t sgs-ars/sgs-service .
# Needs no BuildKit. The first stage is the same for all services, so Docker makes it once.
FROM maven:3-eclipse-temurin-17 AS build
WORKDIR /src
COPY .mvn .mvn
COPY pom.xml ./
COPY model/pom.xml model/
COPY devices/pom.xml devices/
COPY sparsifiers/pom.xml sparsifiers/
COPY levellers/pom.xml levellers/
COPY sources/pom.xml sources/
COPY experiment-reader/pom.xml experiment-reader/
COPY pipeline-contract/pom.xml pipeline-contract/
COPY avro-traces/pom.xml avro-traces/
COPY log/pom.xml log/
COPY service-support/pom.xml service-support/
COPY gradient-producer/pom.xml gradient-producer/
COPY sgs-service/pom.xml sgs-service/
COPY ars-controller/pom.xml ars-controller/
COPY crossbar-sim/pom.xml crossbar-sim/
COPY lifetime-analyzer/pom.xml lifetime-analyzer/
COPY standalone/pom.xml standalone/
COPY simulation/pom.xml simulation/
COPY pytorch-training/pom.xml pytorch-training/
COPY benchmarks/pom.xml benchmarks/
COPY chaos/pom.xml chaos/
COPY examples/java-leveller/pom.xml examples/java-leveller/
COPY checks/pom.xml checks/
COPY pipeline-contract/src/main/avro pipeline-contract/src/main/avro
# Builds nothing but the schemas, and brings every plugin and library; made anew only when a pom or a schema changes.
RUN mvn -B -ntp -Dmaven.test.skip=true -Dspotless.check.skip=true -Dcyclonedx.skip package \
    -pl gradient-producer,sgs-service,ars-controller,crossbar-sim,lifetime-analyzer -am
COPY model/src model/src
COPY devices/src devices/src
COPY sparsifiers/src sparsifiers/src
COPY levellers/src levellers/src
COPY sources/src sources/src
COPY experiment-reader/src experiment-reader/src
COPY pipeline-contract/src pipeline-contract/src
COPY avro-traces/src avro-traces/src
COPY log/src log/src
COPY service-support/src service-support/src
COPY gradient-producer/src gradient-producer/src
COPY sgs-service/src sgs-service/src
COPY ars-controller/src ars-controller/src
COPY crossbar-sim/src crossbar-sim/src
COPY lifetime-analyzer/src lifetime-analyzer/src
RUN mvn -B -ntp -Dmaven.test.skip=true -Dspotless.check.skip=true -Dcyclonedx.skip package \
    -pl gradient-producer,sgs-service,ars-controller,crossbar-sim,lifetime-analyzer -am \
 && for service in gradient-producer sgs-service ars-controller crossbar-sim lifetime-analyzer; do \
      (cd $service/target && jar xf $service.jar META-INF/MANIFEST.MF \
       && sed -n 's/\r$//; s/^Main-Class: //p' META-INF/MANIFEST.MF > main-class && test -s main-class) || exit 1; \
    done

# Live training, only where it is asked for: --build-arg TRAINING=true. Maven takes PyTorch for the image's platform.
ARG TRAINING=false
COPY pytorch-training/src pytorch-training/src
RUN mkdir -p training && if [ "$TRAINING" = true ]; then \
      mvn -B -ntp -Dmaven.test.skip=true -Dspotless.check.skip=true -Dcyclonedx.skip package -pl pytorch-training -am \
      && cp pytorch-training/target/pytorch-training.jar pytorch-training/target/lib/*.jar training \
      && { ls training/pytorch-native-cpu-*.jar \
        || { echo "no native library of PyTorch for $(uname -m); allowed with TRAINING=true: linux/amd64, linux/arm64" >&2; exit 1; }; }; \
    fi

FROM eclipse-temurin:17-jre
RUN groupadd --system --gid 10001 sgsars \
 && useradd --system --uid 10001 --gid sgsars --home-dir /app --shell /usr/sbin/nologin sgsars \
 && mkdir -p /app/plugins /out /cache && chown sgsars:sgsars /out /cache
COPY docker/start.sh docker/health.sh /app/
ARG SERVICE
COPY --from=build /src/${SERVICE}/target/lib /app/lib
COPY --from=build /src/${SERVICE}/target/${SERVICE}.jar /app/service.jar
COPY --from=build /src/${SERVICE}/target/main-class /app/main-class
COPY --from=build /src/training /app/training
USER sgsars
# The container's own address: who may reach it is for the container's network to say.
ENV MICRONAUT_SERVER_HOST=0.0.0.0 MICRONAUT_SERVER_PORT=8080 SGSARS_ANALYZER_REPORTS=/out
WORKDIR /app
HEALTHCHECK --interval=3s --timeout=5s --start-period=60s --retries=10 CMD ["/app/health.sh"]
ENTRYPOINT ["/app/start.sh"]
