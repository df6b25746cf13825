import { ruleMessages } from '../lint/rules/index.ts';
import type { Message } from './define.ts';
import { changesMessages } from './messages/changes.ts';
import { connectionMessages } from './messages/connections.ts';
import { dataMessages } from './messages/data.ts';
import { featureStoreMessages } from './messages/feature-store.ts';
import { fittedFlowMessages, fittedMessages } from './messages/fitted.ts';
import { flowMessages } from './messages/flow.ts';
import { foreignMessages } from './messages/foreign.ts';
import { gatesMessages } from './messages/gates.ts';
import { labelMessages } from './messages/labels.ts';
import { lintMessages } from './messages/lint.ts';
import { namesMessages } from './messages/names.ts';
import { operationsMessages } from './messages/operations.ts';
import { personalMessages } from './messages/personal.ts';
import { projectMessages } from './messages/project.ts';
import { runMessages } from './messages/run.ts';
import { scoringMessages } from './messages/scoring.ts';
import { serveMessages } from './messages/serve.ts';
import { syntaxMessages } from './messages/syntax.ts';
import { targetsMessages } from './messages/targets.ts';
import { tasksMessages } from './messages/tasks.ts';
import { typesMessages } from './messages/types.ts';

/**
 * Every phase's messages, by the digit after `MLP` in their codes. A new file of messages is one line here.
 * `test/compiler/diagnostics/registry.test.ts` holds codes unique, in their phase's range, and documented.
 */
export const phases = [
  { digit: 1, title: 'Syntax', messages: syntaxMessages },
  { digit: 2, title: 'Names', messages: namesMessages },
  { digit: 3, title: 'Types', messages: typesMessages },
  { digit: 4, title: 'Flow', messages: flowMessages },
  { digit: 4, title: 'Labels', messages: labelMessages },
  { digit: 4, title: 'Fitted values', messages: fittedFlowMessages },
  { digit: 4, title: 'Personal data', messages: personalMessages },
  { digit: 5, title: 'Gates', messages: gatesMessages },
  { digit: 5, title: 'Tasks', messages: tasksMessages },
  { digit: 5, title: 'Operations', messages: operationsMessages },
  { digit: 6, title: 'Project', messages: projectMessages },
  { digit: 6, title: 'Targets', messages: targetsMessages },
  { digit: 6, title: 'Changes', messages: changesMessages },
  { digit: 7, title: 'Suppressions', messages: lintMessages },
  { digit: 7, title: 'Lint', messages: ruleMessages },
  { digit: 8, title: 'Foreign code', messages: foreignMessages },
  { digit: 8, title: 'Data', messages: dataMessages },
  { digit: 8, title: 'Scoring', messages: scoringMessages },
  { digit: 8, title: 'Connections', messages: connectionMessages },
  { digit: 8, title: 'Run', messages: runMessages },
  { digit: 8, title: 'Models and their values', messages: fittedMessages },
  { digit: 8, title: 'Feature store', messages: featureStoreMessages },
  { digit: 8, title: 'Serving', messages: serveMessages },
] as const;

/** Arguments differ from message to message; who lists messages needs only their definitions. */
export type AnyMessage = Message<never>;

/** All messages in the order of their phases. */
export function allMessages(): readonly AnyMessage[] {
  return phases.flatMap(phase => Object.values(phase.messages as Readonly<Record<string, AnyMessage>>));
}

type Definition = AnyMessage['definition'];

/** A title as the beginning of a line. */
export const titleOf = ({ title }: Definition): string =>
  /^mlp\b/.test(title) ? title : title.slice(0, 1).toUpperCase() + title.slice(1);

/**
 * The wrong and the right example, and the language that they are in; undefined for what no text shows: a command line, a
 * file of five megabytes, or a run whose data is at fault.
 */
export function examplesOf({ explanation: { wrong, right } }: Definition) {
  if (wrong.trim() === '' || wrong === right) return undefined;
  return { wrong, right, language: isSpec(wrong) ? 'mlp' : 'json' } as const;
}

/** Whether an example is one spec: not an `mlp.json`, nor several files, each below a line `// file: NAME`. */
export const isSpec = (example: string): boolean => !/^\s*([{[]|\/\/ file: |$)/.test(example);

/** The files of an example by name; an `mlp.json` or a spec may stand alone, without its name. */
export function filesOf(example: string): Readonly<Record<string, string>> {
  if (!example.startsWith('// file: ')) return { [isSpec(example) ? 'main.mlp' : 'mlp.json']: example };
  const parts = example.split(/^\/\/ file: (.+)\n/m).slice(1);
  return Object.fromEntries(parts.flatMap((name, i) => (i % 2 === 0 ? [[name, parts[i + 1]!]] : [])));
}

let byCode: ReadonlyMap<string, AnyMessage> | undefined;

/** The message with this code (`MLP1001`; case does not matter), if there is one: for `mlp explain`. */
export function messageByCode(code: string): AnyMessage | undefined {
  byCode ??= new Map(allMessages().map(message => [message.definition.code, message]));
  return byCode.get(code.toUpperCase());
}

/** The page of the program, for documents that must name one. */
export const HOME_PAGE = 'https://www.npmjs.com/package/mlp-lang';

/** Where the explanation of a code can be read. */
export const errorPage = (code: string): string => `${HOME_PAGE}#${code.toLowerCase()}`;
