import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A workspace of 200 files and about 20,000 lines: a schema that all share, and 199 leaves that use it. */
export interface Workspace {
  readonly folder: string;
  readonly shared: string;
  readonly leaf: string;
  readonly lines: number;
  /** The text of a leaf and of the shared file after so many keystrokes; every other one has a mistake. */
  edit(file: string, n: number): string;
  /** Where completion is asked in a leaf. */
  readonly asks: { readonly line: number; readonly character: number };
}

const FILES = 200;

function write(folder: string, texts: ReadonlyMap<string, string>): number {
  mkdirSync(folder, { recursive: true });
  let lines = 0;
  for (const [name, text] of texts) {
    lines += text.split('\n').length - 1;
    writeFileSync(path.join(folder, name), text);
  }
  return lines;
}

export function mlpWorkspace(): Workspace {
  const folder = mkdtempSync(path.join(tmpdir(), 'mlp-bench-editor-'));
  const texts = new Map<string, string>();
  const columns = Array.from(
    { length: 70 },
    (_, i) => `  /// Measure ${i}.\n  n${i}: float in 0..${100 + i}`,
  );
  texts.set(
    'shared.mlp',
    `import std.sources { csv }\n\n/// One event.\nschema Event {\n  at: datetime @event_time\n  place: string\n${columns.join('\n')}\n  outcome: bool @known_after(1d)\n}\n\nsource events: Event = csv("events.csv")\n`,
  );
  for (let i = 0; i < FILES - 1; i++) {
    const features = Array.from(
      { length: 76 },
      (_, f) => `  f${f} = log1p(n${f % 70}) + n${(f + 7) % 70} * 2.0`,
    );
    const model = `model model${i} {\n  features View${i}\n  predict bad\n  split by at { train 70%  test 30% }\n  train gradient_boosting(rounds: 100)\n  baseline logistic_regression()\n  seed 1\n  evaluate auc\n  promote {\n    require auc > baseline.auc\n  }\n}\n`;
    texts.set(
      `part${i}.mlp`,
      `import "./shared.mlp" { events }\nimport std.learn { gradient_boosting, logistic_regression }\nimport std.metrics { auc }\n\nfeatures View${i} from events at at {\n  use place\n${features.join('\n')}\n  recent = mean(n3 over 7d by place) ?? 0.0\n  label bad = outcome\n}\n\n${model}`,
    );
  }
  const lines = write(folder, texts);
  return {
    folder,
    shared: 'shared.mlp',
    leaf: 'part7.mlp',
    lines,
    edit: (file, n) =>
      n % 2 === 0
        ? texts.get(file)!
        : file === 'shared.mlp'
          ? texts.get(file)!.replace('n5: float', 'n5: flaot')
          : texts.get(file)!.replace('f5 = log1p(n5)', 'f5 = log1p(m5)'),
    asks: { line: 8, character: 14 },
  };
}

/** As many files and lines for TypeSpec: a model that all extend, and operations over it. */
export function typespecWorkspace(): Workspace {
  const folder = mkdtempSync(path.join(tmpdir(), 'tsp-bench-editor-'));
  const texts = new Map<string, string>();
  const columns = Array.from({ length: 70 }, (_, i) => `  /** Measure ${i}. */\n  n${i}: float64;`);
  texts.set('shared.tsp', `namespace Shared;\n\nmodel Event {\n${columns.join('\n')}\n}\n`);
  for (let i = 0; i < FILES - 2; i++) {
    const models = Array.from(
      { length: 23 },
      (_, m) => `  model M${m} extends Event {\n    f${m}: string;\n    g${m}?: int32[];\n  }`,
    );
    texts.set(
      `part${i}.tsp`,
      `import "./shared.tsp";\nusing Shared;\n\nnamespace Part${i} {\n${models.join('\n')}\n  op read(id: string): M1;\n}\n`,
    );
  }
  texts.set('main.tsp', `${[...texts.keys()].map(name => `import "./${name}";`).join('\n')}\n`);
  writeFileSync(path.join(folder, 'package.json'), '{ "name": "bench", "private": true }\n');
  const lines = write(folder, texts);
  return {
    folder,
    shared: 'shared.tsp',
    leaf: 'part7.tsp',
    lines,
    edit: (file, n) =>
      n % 2 === 0
        ? texts.get(file)!
        : file === 'shared.tsp'
          ? texts.get(file)!.replace('n5: float64', 'n5: flaot64')
          : texts.get(file)!.replace('f5: string', 'f5: strign'),
    asks: { line: 5, character: 10 },
  };
}
