package org.sgsars.analyzer.http;

import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Produces;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.http.sse.Event;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.reactivestreams.Publisher;
import org.sgsars.analyzer.page.RunPages;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/** What the page at {@code /} shows, for it and for other programs. */
@Controller("/api")
@ExecuteOn(TaskExecutors.BLOCKING)
final class PageController {
  private static final Duration POLL_INTERVAL = Duration.ofSeconds(1);

  private final RunPages pages;

  PageController(RunPages pages) {
    this.pages = pages;
  }

  /** All runs, the latest first. */
  @Get("/runs")
  List<RunPages.Line> runs() {
    return pages.runs();
  }

  /** A run's scenarios: what report.json says of them but for rows, and how wear grew. */
  @Get("/runs/{run}")
  @Produces(MediaType.APPLICATION_JSON)
  HttpResponse<byte[]> summary(String run) {
    return json(pages.summary(run));
  }

  /** A layer's rows in every scenario. */
  @Get("/runs/{run}/layers/{layer}")
  @Produces(MediaType.APPLICATION_JSON)
  HttpResponse<byte[]> layer(String run, int layer) {
    return json(pages.layer(run, layer));
  }

  private static HttpResponse<byte[]> json(Optional<byte[]> body) {
    return body.<HttpResponse<byte[]>>map(HttpResponse::ok).orElseGet(HttpResponse::notFound);
  }

  /**
   * News of a run until it is over: events {@code summary} and, of a layer that is asked for,
   * {@code layer}, each with what the address of that name gives; {@code end} when there will be no
   * more, with an empty object.
   */
  @Get("/runs/{run}/events")
  @Produces(MediaType.TEXT_EVENT_STREAM)
  Publisher<Event<String>> events(String run, @QueryValue @Nullable Integer layer) {
    Watch watch = new Watch(run, layer);
    return Flux.interval(Duration.ZERO, POLL_INTERVAL, Schedulers.boundedElastic())
        .onBackpressureDrop()
        .concatMapIterable(tick -> watch.poll(), 1)
        .takeUntil(event -> "end".equals(event.getName()));
  }

  /** What one browser has seen. */
  private final class Watch {
    private final String run;
    private final @Nullable Integer layer;
    private long seen = Long.MIN_VALUE;

    Watch(String run, @Nullable Integer layer) {
      this.run = run;
      this.layer = layer;
    }

    List<Event<String>> poll() {
      List<Event<String>> events = new ArrayList<>();
      boolean isLive = pages.isLive(run);
      long version = pages.version(run);
      if (version != seen) {
        seen = version;
        pages.summary(run).ifPresent(body -> events.add(event("summary", body)));
        if (layer != null) {
          pages.layer(run, layer).ifPresent(body -> events.add(event("layer", body)));
        }
      }
      if (!isLive) {
        // Browsers pass on no event without data, and would ask again and again.
        events.add(Event.of("{}").name("end"));
      }
      return events;
    }
  }

  private static Event<String> event(String name, byte[] body) {
    return Event.of(new String(body, StandardCharsets.UTF_8)).name(name);
  }
}
