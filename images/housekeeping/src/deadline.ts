/**
 * Does something that takes a signal, and aborts it with a TimeoutError after some time without a sign of life, or when `stop`
 * does. `AbortSignal.any` with `AbortSignal.timeout` looks the same, but nothing holds on to either of them: Node takes them for
 * garbage while a request waits, which then waits without end (seen with Node 20.20; compare nodejs/node#55428).
 *
 * @param work is given the signal, and what tells that it is alive, from which on the time counts anew.
 */
export async function withDeadline<T>(
  stop: AbortSignal,
  seconds: number,
  work: (signal: AbortSignal, alive: () => void) => Promise<T>,
): Promise<T> {
  stop.throwIfAborted();
  const controller = new AbortController();
  const end = (): void => {
    controller.abort(stop.reason);
  };
  const timer = setTimeout(() => {
    controller.abort(new DOMException("no answer in time", "TimeoutError"));
  }, seconds * 1000);
  stop.addEventListener("abort", end, { once: true });
  try {
    return await work(controller.signal, () => timer.refresh());
  } finally {
    clearTimeout(timer);
    stop.removeEventListener("abort", end);
  }
}
