package org.qmpbs.client.cli;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.qmpbs.client.output.ExitCode;

/**
 * SIGINT, SIGTERM and SIGHUP as {@link Interrupts}. A shutdown hook could not tell them apart, and
 * would run beside a main thread that still believes it may print a summary.
 *
 * <p>{@code sun.misc.Signal} is in jdk.unsupported, which JEP 260 keeps until there is a
 * replacement. It is used by reflection because the compiler's warning about it cannot be turned
 * off, and ours are errors. Without it a signal ends the process as it always did, and the next run
 * cleans up.
 */
final class Signals implements Interrupts {
  private static final Map<String, ExitCode> SIGNALS =
      Map.of(
          "INT", ExitCode.INTERRUPTED,
          "TERM", ExitCode.TERMINATED,
          "HUP", ExitCode.TERMINATED);

  @Override
  public void listen(Consumer<ExitCode> listener) {
    SIGNALS.forEach((name, code) -> handle(name, () -> listener.accept(code)));
  }

  private static void handle(String name, Runnable action) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      InvocationHandler call =
          (proxy, method, arguments) -> method.getName().equals("handle") ? run(action) : proxy;
      Object proxy =
          Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, call);
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
    } catch (InvocationTargetException e) {
      // The JVM was told to leave this signal alone (nohup, -Xrs); so do we.
      if (!(e.getCause() instanceof IllegalArgumentException)) {
        throw new IllegalStateException("signal " + name + " cannot be handled", e);
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this Java has no sun.misc.Signal", e);
    }
  }

  private static @Nullable Object run(Runnable action) {
    action.run();
    return null;
  }
}
