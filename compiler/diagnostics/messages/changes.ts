import { defineMessage } from '../define.ts';
import { type ExampleParts, example, MODEL } from './examples.ts';

interface Facts {
  /** `schema Flight, column delay: upper bound 1800 → 900` */
  readonly change: string;
  readonly reason: string;
  /** What it is compared with. */
  readonly against: string;
}

const met =
  'This code is met with `mlp check --against REV`, not in a spec: it is about the difference between two versions of one.';

/** The version that the examples are compared with: {@link released} without anything changed. */
const shop = (parts: ExampleParts = {}): string =>
  example({ model: MODEL, more: 'deployment shop {\n  serve buyers\n}', ...parts });
export const released = shop({ source: 'fresh within 24h' });

/** Messages about changes against a released version: codes MLP6601 to MLP6699. */
export const changesMessages = {
  callers: defineMessage<Facts>({
    code: 'MLP6601',
    severity: 'error',
    title: 'a change that breaks callers',
    message: ({ change, against }) => `breaking for callers, against ${against}: ${change}`,
    hint: ({ reason }) => `${reason} Serve the new form beside the old one until nobody uses the old one`,
    explanation: {
      text: `Whoever calls a deployment, or reads the table that one writes, relies on its form: request fields, the type and classes of the answer, names. A change of these breaks programs that the spec does not know. Declare a second deployment of the new form and remove the old one later; or give a new request field a type that may be missing. ${met}`,
      wrong: shop({
        columns: 'referrer: string',
        view: 'use site\n  from = referrer\n  label buys = bought',
      }),
      right: shop({
        columns: 'referrer: string?',
        view: 'use site\n  from = referrer ?? "none"\n  label buys = bought',
      }),
    },
  }),
  producers: defineMessage<Facts>({
    code: 'MLP6602',
    severity: 'error',
    title: 'a change that breaks who delivers data',
    message: ({ change, against }) => `breaking for data producers, against ${against}: ${change}`,
    hint: ({ reason }) =>
      `${reason} Agree on it with who delivers the rows, or let the old form pass as well`,
    explanation: {
      text: `A source’s schema, its format and what is validated are a promise to whoever delivers the rows: what was good stays good. A narrower range, a new column, a stricter validation turns deliveries that were accepted into violations. Quarantine them at first, or make the rule a \`warn\`, until the deliveries follow. ${met}`,
      wrong: shop({ source: 'fresh within 6h' }),
      right: shop({ source: 'fresh within 48h' }),
    },
  }),
  retrain: defineMessage<Facts>({
    code: 'MLP6603',
    severity: 'info',
    title: 'a change that needs retraining',
    message: ({ change, against }) => `needs retraining, against ${against}: ${change}`,
    hint: ({ reason }) => reason.replace(/\.$/, ''),
    explanation: {
      text: `The released model was trained on other features, rows or parameters than the spec now says; it goes on serving until a new version is trained and passes its gate. Nothing is wrong with that, so it is no error. ${met}`,
      wrong: shop({
        source: 'fresh within 24h',
        view: 'use site\n  pairs = pages / 2\n  label buys = bought',
      }),
      right: released,
    },
  }),
} as const;
