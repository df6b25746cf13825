import type { Frame, Workspace } from './types.ts';

/** A workspace that forgets a frame's results when the frame itself is forgotten. */
export function createWorkspace(): Workspace {
  const byFrame = new WeakMap<Frame, Map<string, unknown>>();
  return {
    get<T>(frame: Frame, key: string, make: () => T): T {
      const kept = byFrame.get(frame) ?? new Map<string, unknown>();
      byFrame.set(frame, kept);
      if (!kept.has(key)) kept.set(key, make());
      return kept.get(key) as T;
    },
  };
}
