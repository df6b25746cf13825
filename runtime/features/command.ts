import { countText } from '../data/describe.ts';
import type { Program } from '../engine/contract.ts';
import { rendererFor } from '../report/progress.ts';
import { durationText } from '../report/style.ts';
import type { FeaturesCommand } from './arguments.ts';
import type { Got } from './offline/get.ts';
import type { Filled } from './online/fill.ts';

/** Carries out `features …` and prints what came of it. Gives the exit code. */
export async function featuresCommand(
  program: Program,
  command: FeaturesCommand,
  signal: AbortSignal,
): Promise<number> {
  const renderer = command.json ? undefined : rendererFor(process.stdout);
  const shown = { signal, ...(renderer ? { observer: renderer.observe } : {}) };
  let text: string;
  try {
    if (command.act === 'get') {
      const { getFeatures } = await import('./offline/get.ts');
      const got = await getFeatures(program, { ...command.options, ...shown });
      text = command.json ? JSON.stringify(got, null, 2) : gotText(got);
    } else {
      const { materializeFeatures } = await import('./online/fill.ts');
      const filled = await materializeFeatures(program, { ...command.options, ...shown });
      text = command.json ? JSON.stringify(filled, null, 2) : filledText(filled);
    }
  } finally {
    renderer?.close();
  }
  process.stdout.write(`${text}\n`);
  return 0;
}

function gotText({ view, out, rows, missing }: Got): string {
  const none = missing === 0 ? '' : `; of ${countText(missing)} ${view} has no row by then`;
  return `${countText(rows)} rows of ${view} in ${out}${none}`;
}

function filledText({ views, states, collected, place, milliseconds }: Filled): string {
  const head = `${views.join(', ')} → ${place}`;
  if (states.length === 0) return `${head}\nnothing to move: the features read their own rows alone`;
  const lines = states.map(state => {
    const from = state.from === null ? '' : `, answers from ${moment(state.from)} on`;
    const upTo = state.upTo === null ? '' : `, newest ${moment(state.upTo)}`;
    const what = state.moved === 0 ? 'nothing new' : `${countText(state.moved)} rows moved`;
    return `  ${state.table}: ${what}; ${countText(state.rows)} there${from}${upTo}`;
  });
  const gone = collected.length === 0 ? [] : [`  removed old versions of ${collected.join(', ')}`];
  return [head, ...lines, ...gone, `took ${durationText(milliseconds)}`].join('\n');
}

const moment = (micros: number): string => new Date(micros / 1000).toISOString().replace(/(:00)?\.000Z$/, '');
