/** How many steps run at once: at most `count`, and together within `memory` bytes, but always at least one. */
export interface Slots {
  /** Waits its turn, first come first served; the function it gives back ends the use. */
  acquire(memory: number): Promise<() => void>;
}

export function openSlots(count: number, memory: number): Slots {
  const waiting: { memory: number; start: () => void }[] = [];
  let running = 0;
  let used = 0;

  function startNext(): void {
    for (let next = waiting[0]; next; next = waiting[0]) {
      const fits = running === 0 || (running < count && used + next.memory <= memory);
      if (!fits) return;
      waiting.shift();
      running++;
      used += next.memory;
      next.start();
    }
  }

  return {
    acquire: wanted =>
      new Promise(resolve => {
        const start = () =>
          resolve(() => {
            running--;
            used -= wanted;
            startNext();
          });
        waiting.push({ memory: wanted, start });
        startNext();
      }),
  };
}
