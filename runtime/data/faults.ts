import type { Message } from '../../compiler/diagnostics/define.ts';
import { MlpError } from '../engine/contract.ts';

export interface FaultOptions {
  /** Index into the plan's positions: where the spec says what the data break. */
  readonly at?: number;
  readonly hint?: string | undefined;
  readonly cause?: unknown;
}

/** An error of the data out of the registry: its text is written there, next to its explanation. */
export function fault<Args>(message: Message<Args>, args: Args, options: FaultOptions = {}): MlpError {
  const { definition } = message;
  const hint = options.hint ?? definition.hint?.(args);
  return new MlpError(definition.code, definition.message(args), {
    ...(hint === undefined ? {} : { hint }),
    ...(options.at === undefined ? {} : { at: options.at }),
    cause: options.cause,
  });
}
