// The typed stubs for the team's Python, held to a type checker in its strict mode.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { python } from '../../../compiler/targets/python/index.ts';
import { temporaryFolder } from '../../cli/folders.ts';
import { compileText, root } from '../../support/specs.ts';

async function stubsOf(spec: string): Promise<string> {
  const { plan, diagnostics } = compileText(spec);
  if (!plan) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  const [file] = await python.emit(plan, {});
  return file!.text;
}

/** Names that are words of Python or of the stubs, or alike; columns that may be missing; text of every kind. */
const odd = `import std.sources { csv }
schema Any {
  class: int @key
  age: int?
  \`it's "so"\`: string?
  day: date
  since: datetime?
  on: bool?
  kind: enum { a, b }
  share: rate?
}
schema Feature { x: float }
schema Moods { class: int @key  mood: float in -1..1  day: date  kind: enum { a, b }?  tags: [string]? }
source raw: Any = csv("raw.csv")
component moods(raw: table Any, level: float, name: string = "x") -> table Moods { run python "steps.py:moods" }
component feature(moods: table Moods) -> table Feature { run python "steps.py:feature" }
let scored = moods(raw, 0.5)
let features = feature(scored)
`;

const planted = `from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from mlp_types import Moods, NoteRow, Order


def column(orders: Order) -> None:
    print(orders["nte"])


def columns(orders: Order) -> pd.DataFrame:
    return orders[["note", "amout"]]


def kind(orders: Order) -> pd.Series[str]:
    return orders["amount"]


def cell() -> NoteRow:
    return {"customer_id": 1, "written": "2024-01-01", "mood": 0.5}


def lacking() -> list[NoteRow]:
    return [{"customer_id": 1, "moood": 0.5}]


def number(orders: Order) -> float:
    return 1.0


def other(notes: Order) -> pd.DataFrame:
    return notes


if TYPE_CHECKING:
    a: Moods = number
    b: Moods = other
`;
const found = [
  [12, 'call-overload'],
  [16, 'list-item'],
  [20, 'return-value'],
  [24, 'typeddict-item'],
  [28, 'typeddict-item'],
  [28, 'typeddict-unknown-key'],
  [40, 'assignment'],
  [41, 'assignment'],
];

test('the stubs are valid, the example checks against them, and wrong columns, types and functions are found', async () => {
  const folder = temporaryFolder();
  const write = (name: string, content: string): void => {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), content);
  };
  const example = path.join(root, 'examples/churn');
  for (const code of ['steps', 'train'])
    cpSync(path.join(example, code), path.join(folder, code), { recursive: true });
  write('types/mlp_types.pyi', await stubsOf(readFileSync(path.join(example, 'churn.mlp'), 'utf8')));
  write('types/odd_types.pyi', await stubsOf(odd));
  write('planted.py', planted);
  write(
    'mypy.ini',
    '[mypy]\nstrict = True\nmypy_path = types\n[mypy-vaderSentiment.*,sklearn.*,skl2onnx.*,onnx.*]\nignore_missing_imports = True\n',
  );
  const files = ['types/mlp_types.pyi', 'types/odd_types.pyi', 'steps', 'train', 'planted.py'];
  const cache = ['--cache-dir', path.join(root, '.tools/mypy-cache')];
  const ran = await execa('mypy', [...cache, '--no-error-summary', ...files], { cwd: folder, reject: false });
  if (ran.code === 'ENOENT') {
    console.log('skipped: there is no mypy here');
    return;
  }
  const errors = ran.stdout.split('\n').filter(line => line.includes(': error: '));
  const told = errors.map(
    line => /^planted\.py:(\d+): error: .*\[([a-z-]+)\]$/.exec(line) ?? [line, line, line],
  );
  assert.equal(
    told.map(([, line, code]) => [Number(line), code]),
    found,
    `${ran.stdout}${ran.stderr}`,
  );
});

test.run();
