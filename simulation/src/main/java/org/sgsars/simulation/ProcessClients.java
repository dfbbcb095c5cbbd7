package org.sgsars.simulation;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.sgsars.log.Backlog;
import org.sgsars.log.LogAdmin;
import org.sgsars.log.LogClients;
import org.sgsars.log.TimeSource;
import org.sgsars.log.memory.MemoryLog;

/** The clients of one process, which can be killed at any of their calls. */
final class ProcessClients implements LogClients {
  private static final long NEVER = Long.MAX_VALUE;

  private final MemoryLog log;
  private final LogClients clients;
  private final List<Consumer<?, ?>> members = new ArrayList<>();
  private long callsLeft = NEVER;
  private long sendsLeft = NEVER;

  /**
   * @param clock of the process's machine
   */
  ProcessClients(MemoryLog log, TimeSource clock) {
    this.log = log;
    this.clients = log.clients(clock);
  }

  /**
   * Kills the process.
   *
   * @param calls at which of its next calls, from 0
   */
  void killAfter(long calls) {
    callsLeft = calls;
  }

  /**
   * Lets the process lack memory, once.
   *
   * @param sends at which of its next sends, from 0
   */
  void lackMemoryAfter(long sends) {
    sendsLeft = sends;
  }

  /** The process is gone: its sessions go on until they are over. */
  void die() {
    callsLeft = -1;
    members.forEach(log.faults()::crash);
  }

  private <T> T guarded(Class<T> type, T target) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> call(target, method, arguments)));
  }

  /** It sends nothing, and may be called when a record fails after the process is dead. */
  private static boolean isForcedClose(Method method) {
    return method.getName().equals("close") && method.getParameterCount() == 1;
  }

  private Object call(Object target, Method method, Object[] arguments) throws Throwable {
    if (callsLeft != NEVER && !isForcedClose(method)) {
      callsLeft--;
      if (callsLeft < 0) {
        throw new Killed();
      }
    }
    if (sendsLeft != NEVER && method.getName().equals("send") && sendsLeft-- == 0) {
      sendsLeft = NEVER;
      throw new OutOfMemoryError("Java heap space");
    }
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  @Override
  @SuppressWarnings("unchecked")
  public Consumer<byte[], ByteBuffer> groupConsumer(String group) {
    Consumer<byte[], ByteBuffer> consumer = clients.groupConsumer(group);
    members.add(consumer);
    return guarded(Consumer.class, consumer);
  }

  @Override
  @SuppressWarnings("unchecked")
  public Consumer<String, byte[]> readAllConsumer() {
    return guarded(Consumer.class, clients.readAllConsumer());
  }

  @Override
  @SuppressWarnings("unchecked")
  public Producer<String, byte[]> producer(Duration linger) {
    return guarded(Producer.class, clients.producer(linger));
  }

  @Override
  public LogAdmin admin() {
    return guarded(LogAdmin.class, clients.admin());
  }

  @Override
  public Backlog backlog() {
    return clients.backlog();
  }

  @Override
  public String place() {
    return clients.place();
  }

  @Override
  public void awaitBroker() {
    clients.awaitBroker();
  }
}
