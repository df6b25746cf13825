import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { CompileResult } from '../../compiler/index.ts';
import { SourceFile } from '../../compiler/source/text.ts';
import { Job } from '../../editor/language-server/job.ts';
import type { Findings, Project } from '../../editor/language-server/project.ts';
import { Publisher } from '../../editor/language-server/publisher.ts';

const file = new SourceFile('a.mlp', 'model');

/** A project whose checks take so long, in pieces of a millisecond, and what an editor is told of it, in order. */
function setUp(checkMs: number) {
  const told: string[] = [];
  const said = (message: string) => [{ message, file, span: { start: 0, end: 1 } }];
  function* busy<T>(result: T): Generator<void, T, void> {
    for (let ms = 0; ms < checkMs; ms++) {
      const end = performance.now() + 1;
      while (performance.now() < end);
      yield;
    }
    return result;
  }
  const job = <T>(result: unknown): Job<T> => new Job(busy(result as T), () => false);
  const check = (message: string) => () =>
    job<CompileResult>({ diagnostics: said(message), program: { modules: new Map() } });
  const project = {
    isOpen: () => true,
    alone: check('alone'),
    checking: check('checked'),
    compiling: check('all'),
    drawing: () => new Job(busy(undefined), () => false),
    linting: () => job<Findings>({ compiler: said('all'), rules: [] }),
    syntaxOf: () => said('syntax'),
    dependents: () => [],
    uri: (path: string) => path,
  } as unknown as Project;
  const connection = {
    sendDiagnostics: ({ diagnostics }: { diagnostics: readonly { message: unknown }[] }) => {
      for (const { message } of diagnostics) told.push(String(message));
      return Promise.resolve();
    },
  };
  const publisher = new Publisher(connection, { shown: (_project, { message }) => ({ message }) });
  return { publisher, project, told };
}

async function until(told: readonly string[], expected: readonly string[]): Promise<void> {
  const end = Date.now() + 20_000;
  while (told.length < expected.length && Date.now() < end) await sleep(20);
  assert.equal(told, expected);
}

test('where a check is slow, mistakes of syntax are told first, and typing on puts the check off', async () => {
  const { publisher, project, told } = setUp(400);
  publisher.changed(project, 'a.mlp');
  await until(told, ['alone', 'all']);
  for (const _ of [1, 2]) {
    told.splice(0);
    publisher.changed(project, 'a.mlp');
    await until(told, ['checked', 'all']);
  }
  told.splice(0);
  publisher.changed(project, 'a.mlp');
  await sleep(20);
  assert.equal(told, ['syntax']);
  publisher.changed(project, 'a.mlp');
  await sleep(20);
  assert.equal(told, ['syntax', 'syntax']);
  await until(told, ['syntax', 'syntax', 'checked', 'all']);
});

test('where it is quick, all is told at once', async () => {
  const { publisher, project, told } = setUp(1);
  publisher.changed(project, 'a.mlp');
  await sleep(1_200);
  told.splice(0);
  publisher.changed(project, 'a.mlp');
  await sleep(60);
  assert.equal(told, ['checked']);
});

test.run();
