import type { Observer, RunEvent, StepOutcome } from '../engine/events.ts';
import { stepLine, stepRow, unpadded } from './step-line.ts';
import { clean, cut, durationText, padEnd, type Style, styleOf, useColor, widthOf } from './style.ts';

/** What draws a run as it happens. `close` gives the terminal back, also after an error. */
export interface Renderer {
  readonly observe: Observer;
  close(): void;
}

export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** A live display on a terminal, plain lines anywhere else. */
export function rendererFor(output: Output): Renderer {
  const live = output.isTTY === true && process.env['TERM'] !== 'dumb' && !process.env['CI'];
  return live ? liveRenderer(output) : plainRenderer(output);
}

export interface LiveOptions {
  readonly color?: boolean;
  /** Milliseconds since 1970; for tests. */
  readonly now?: () => number;
  /** Redraws by a timer; off in tests, which call `tick`. */
  readonly timer?: boolean;
}

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const frameMs = 100;

interface Running {
  readonly kind: string;
  readonly of: string;
  readonly since: number;
  share: number | null;
  message: string;
}

/**
 * Finished steps are lines that stay; below them the running ones are drawn again in place, each frame in one write, so
 * that nothing flickers. Lines are cut to the terminal's width: a line that wrapped could not be taken back.
 */
export function liveRenderer(output: Output, options: LiveOptions = {}): Renderer & { tick(): void } {
  const style = styleOf(options.color ?? useColor(output));
  const now = options.now ?? Date.now;
  const running = new Map<string, Running>();
  let names = new Map<string, { kind: string; of: string }>();
  let waiting = 0;
  let drawn = 0;
  let frame = 0;
  let timer: NodeJS.Timeout | undefined;
  const width = () => Math.max(20, (output.columns ?? 80) - 1);

  function draw(above: readonly string[]): void {
    const lines = [...running.values()].map(step =>
      runningLine(style, step, now(), frames[frame % frames.length]!, width()),
    );
    if (waiting > 0 && running.size > 0)
      lines.push(style.dim(cut(`  · ${waiting} more ${waiting === 1 ? 'step' : 'steps'} to go`, width())));
    const back = drawn > 0 ? `\u001b[${drawn}A\r\u001b[J` : '';
    output.write(`${back}${[...above, ...lines].map(line => `${line}\n`).join('')}`);
    drawn = lines.length;
  }

  function start(): void {
    output.write('\u001b[?25l');
    if (options.timer !== false) {
      timer = setInterval(tick, frameMs);
      timer.unref();
    }
    process.once('exit', showCursor);
  }
  const showCursor = () => void output.write('\u001b[?25h');
  function tick(): void {
    frame++;
    draw([]);
  }

  return {
    tick,
    observe(event) {
      const above: string[] = [];
      switch (event.kind) {
        case 'run-waiting':
          above.push(waitingText(event));
          break;
        case 'run-started':
          names = new Map(event.steps.map(step => [step.id, step]));
          waiting = event.steps.length;
          start();
          above.push(...header(style, event, width()), ...event.notes.map(note => style.dim(`  ${note}`)));
          break;
        case 'step-started': {
          const name = names.get(event.step)!;
          if (event.attempt === 1) waiting--;
          running.set(event.step, { ...name, since: event.at, share: null, message: whyText(event.why) });
          break;
        }
        case 'step-progress': {
          const step = running.get(event.step);
          // Drawn with the next frame: a step may report a hundred times a second.
          if (step) update(step, event.progress);
          return;
        }
        case 'step-retried':
          above.push(retryLine(style, event, width()));
          break;
        case 'step-finished':
          if (!running.delete(event.outcome.step)) waiting--;
          above.push(...finishedLines(style, event.outcome, width()));
          break;
        case 'run-finished':
          running.clear();
          waiting = 0;
          break;
      }
      draw(above);
    },
    close() {
      clearInterval(timer);
      running.clear();
      waiting = 0;
      draw([]);
      showCursor();
      process.off('exit', showCursor);
    },
  };
}

function update(step: Running, progress: { done?: number; total?: number; message?: string }): void {
  if (progress.done !== undefined && progress.total) step.share = Math.min(1, progress.done / progress.total);
  if (progress.message) step.message = clean(progress.message);
}

const whyText = (why: readonly string[]) => (why.length > 0 ? why.join(', ') : '');

function header(style: Style, event: Extract<RunEvent, { kind: 'run-started' }>, width: number): string[] {
  const text = cut(`run ${event.goal}`, width);
  const rest = cut(` · ${event.environment} · ${event.run}`, width - widthOf(text));
  return [style.bold(text) + style.dim(rest), ''];
}

function runningLine(style: Style, step: Running, now: number, spinner: string, width: number): string {
  return stepRow(style, width, {
    mark: style.cyan(spinner),
    name: `${padEnd(step.kind, 9)} ${step.of}`,
    time: durationText(Math.max(0, now - step.since)),
    text: room => {
      const barWidth = step.share === null ? 0 : Math.min(20, room - 8);
      if (barWidth < 4) return style.dim(cut(step.message, room));
      const bar = `${progressBar(style, step.share!, barWidth)} ${String(Math.round(step.share! * 100)).padStart(3)}%  `;
      return bar + style.dim(cut(step.message, Math.max(0, room - barWidth - 7)));
    },
  });
}

function progressBar(style: Style, share: number, width: number): string {
  const full = Math.round(share * width);
  return style.cyan('━'.repeat(full)) + style.dim('─'.repeat(width - full));
}

function retryLine(style: Style, event: Extract<RunEvent, { kind: 'step-retried' }>, width: number): string {
  return style.yellow(
    cut(`  ↻ ${event.step}: ${clean(event.error)}; again in ${durationText(event.wait)}`, width),
  );
}

function finishedLines(style: Style, outcome: StepOutcome, width: number): string[] {
  return outcome.status === 'skipped' ? [] : [stepLine(style, outcome, width)];
}

const waitingText = ({ goal, run }: Extract<RunEvent, { kind: 'run-waiting' }>): string =>
  `${goal} is running already, as ${run}; waiting for its end`;

/** A line when a step begins and one when it ends, and now and then how far it is: what a log wants. */
export function plainRenderer(output: Output, options: { readonly everyMs?: number } = {}): Renderer {
  const style = styleOf(false);
  const every = options.everyMs ?? 10_000;
  const last = new Map<string, number>();
  const line = (text: string) => void output.write(`${text}\n`);
  return {
    observe(event) {
      switch (event.kind) {
        case 'run-waiting':
          line(waitingText(event));
          break;
        case 'run-started':
          line(`run ${event.goal} · ${event.environment} · ${event.run}`);
          line(event.steps.length === 1 ? '1 step' : `${event.steps.length} steps`);
          for (const note of event.notes) line(`note: ${note}`);
          break;
        case 'step-started':
          last.set(event.step, event.at);
          line(
            `  > ${event.step}${event.attempt > 1 ? ` (attempt ${event.attempt})` : ''}${event.why.length ? ` (${event.why.join(', ')})` : ''}`,
          );
          break;
        case 'step-progress': {
          if (event.at - (last.get(event.step) ?? 0) < every) break;
          last.set(event.step, event.at);
          const { done, total, message } = event.progress;
          const share = done !== undefined && total ? ` ${Math.round((100 * done) / total)}%` : '';
          line(`  . ${event.step}${share}${message ? ` ${clean(message)}` : ''}`);
          break;
        }
        case 'step-retried':
          line(`  ! ${event.step}: ${clean(event.error)}; again in ${durationText(event.wait)}`);
          break;
        case 'step-finished':
          if (event.outcome.status !== 'skipped') line(unpadded(stepLine(style, event.outcome, 160)));
          break;
        case 'run-finished':
          break;
      }
    },
    close() {},
  };
}
