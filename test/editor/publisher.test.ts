import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Connection } from 'vscode-languageserver/node';
import type { Project } from '../../editor/language-server/project.ts';
import { Publisher } from '../../editor/language-server/publisher.ts';

/** A project whose checks take so long, and what an editor is told of it, in order. */
function setUp(checkMs: number) {
  const told: string[] = [];
  const busy = (kind: string) => {
    const end = performance.now() + checkMs;
    while (performance.now() < end);
    return [{ kind }];
  };
  const project = {
    isOpen: () => true,
    alone: () => busy('checked'),
    diagnosticsOf: () => busy('checked'),
    syntaxOf: () => [{ kind: 'syntax' }],
    checkAll: () => ({ diagnostics: [] }),
    dependents: () => [],
    uri: (file: string) => file,
    uriOf: () => '',
  } as unknown as Project;
  const connection = { sendDiagnostics: () => Promise.resolve() } as unknown as Connection;
  const publisher = new Publisher(
    connection,
    work => work(),
    (_project, found) => {
      for (const { kind } of found as unknown as { kind: string }[]) told.push(kind);
      return [];
    },
  );
  return { publisher, project, told };
}

test('where a check is slow, mistakes of syntax are told first, and typing on puts the check off', async () => {
  const { publisher, project, told } = setUp(400);
  publisher.changed(project, 'a.mlp');
  await sleep(1_200);
  told.splice(0);
  publisher.changed(project, 'a.mlp');
  await sleep(20);
  assert.equal(told, ['syntax']);
  publisher.changed(project, 'a.mlp');
  await sleep(20);
  assert.equal(told, ['syntax', 'syntax']);
  await sleep(1_200);
  assert.equal(told, ['syntax', 'syntax', 'checked']);
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
