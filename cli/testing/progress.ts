/** One line on a terminal that says what is going on, and is gone when there is something to read; nothing in a pipe. */
export function progressLine(stream: NodeJS.WriteStream): { show(text: string): void; clear(): void } {
  if (!stream.isTTY || process.env['TERM'] === 'dumb') return { show: () => {}, clear: () => {} };
  let shown = false;
  return {
    show(text) {
      const width = Math.max(20, (stream.columns ?? 80) - 1);
      stream.write(`\r\u001b[K\u001b[2m${text.replace(/\s+/g, ' ').slice(0, width)}\u001b[0m`);
      shown = true;
    },
    clear() {
      if (shown) stream.write('\r\u001b[K');
      shown = false;
    },
  };
}
