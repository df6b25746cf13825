/** A second signal this soon is the same key press: npm hands on what the terminal has sent to everyone. */
const sameMs = 300;

/**
 * Cancels by SIGINT and SIGTERM. The first lets steps tidy up and the run be recorded; one more ends this process at
 * once, and the processes of its steps with it, as a kill would. `release` gives the signals back.
 */
export function cancelledBySignals(): { readonly signal: AbortSignal; release(): void } {
  const cancel = new AbortController();
  let first = 0;
  const stop = () => {
    if (!cancel.signal.aborted) {
      first = Date.now();
      cancel.abort();
    } else if (Date.now() - first > sameMs) process.exit(130);
  };
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const name of signals) process.on(name, stop);
  return {
    signal: cancel.signal,
    release() {
      for (const name of signals) process.off(name, stop);
    },
  };
}
