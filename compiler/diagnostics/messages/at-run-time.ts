import { defineMessage } from '../define.ts';

/** What differs between messages that are met at run time; their severity and example do not. */
interface Facts<Args> {
  readonly code: string;
  readonly title: string;
  readonly message: (args: Args) => string;
  readonly hint?: (args: Args) => string | undefined;
  readonly text: string;
}

/** Defines messages that no spec gives by itself: all of a kind show one spec, with which they may be met. */
export const metWith =
  (spec: string) =>
  <Args>({ text, ...facts }: Facts<Args>) =>
    defineMessage<Args>({ ...facts, severity: 'error', explanation: { text, wrong: spec, right: spec } });
