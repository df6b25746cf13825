import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { CodeAction } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { codeActions } from '../../editor/language-server/features/actions.ts';
import { Workspace } from '../../editor/language-server/workspace.ts';

const spec = `import std.sources { csv }
import std.learn { gradient_boosting }
import std.metrics { auc, log_loss }

enum Plan { free, team }
schema Visit {
  day: datetime @event_time
  site: string
  plan: Plan
  pages: int in 0..1000 @unit("pages")
  seconds: float?
  bought: bool @known_after(1d)
}
schema Site { site: string @key  pages: int }
source visits: Visit = csv("visits.csv")
source sites: Site = csv("sites.csv")

validation sound on visits {
  require count() >= 100
  require share(pages > 0) >= 50%
}

/// What a day tells.
features Daily from visits at day {
  join sites as s on s.site == site
  busy = if plan == Plan.team and pages > (s.pages ?? 0) then 1.0 else seconds ?? 0.0
  usual = mean(pages over 7d by site) ?? 0.0
  label buys = bought
}

model buyer {
  features Daily
  predict buys
  split by day { train 70%  test 30% }
  train gradient_boosting(rounds: 100)
  seed 1
  evaluate auc, log_loss
  promote {
    require auc >= 0.6
    require auc >= (champion.auc ?? 0.6) - 0.01
    warn log_loss <= 0.7
  }
}
`;

/** The text after the extraction that is offered for a selection, if one is. */
function extracted(selected: string, text = spec): string | undefined {
  const folder = mkdtempSync(path.join(tmpdir(), 'mlp-extract-'));
  try {
    const file = path.join(folder, 'main.mlp');
    writeFileSync(file, text);
    writeFileSync(path.join(folder, 'mlp.json'), '{}');
    const document = TextDocument.create(pathToFileURL(file).href, 'mlp', 1, text);
    const known = new Workspace().understand(document)!;
    const start = text.indexOf(selected);
    assert.ok(start >= 0, selected);
    const actions = codeActions(known, { start, end: start + selected.length }, nothing).filter(
      ({ kind }) => kind === 'refactor.extract',
    );
    assert.ok(actions.length <= 1, 'one at most');
    return actions[0] && applied(document, actions[0]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const nothing = { shown: [], rules: [], isLocked: () => false, only: undefined };
const applied = (document: TextDocument, action: CodeAction): string =>
  TextDocument.applyEdits(document, action.edit!.changes![document.uri]!);

test('an expression becomes a function of what it reads', () => {
  const text = extracted('plan == Plan.team and pages > (s.pages ?? 0)')!;
  assert.match(
    text,
    'function extracted(plan: Plan, pages: int @unit("pages"), pages_2: int?) -> bool = plan == Plan.team and pages > (pages_2 ?? 0)\n\n/// What a day tells.\nfeatures Daily',
  );
  assert.match(text, 'busy = if extracted(plan, pages, s.pages) then 1.0');
});

test('brackets and white space around the selection do not matter', () => {
  assert.match(extracted('(s.pages ?? 0)')!, '(extracted(s.pages))');
  assert.match(
    extracted(' seconds ?? 0.0\n')!,
    'function extracted(seconds: float?) -> float = seconds ?? 0.0',
  );
});

test('a name that is taken is not taken again', () => {
  const text = spec.replace('enum Plan', 'let extracted = 3\nenum Plan');
  assert.match(extracted('seconds ?? 0.0', text)!, 'function extracted_2(');
});

test('what reads other rows, is no whole expression or reads nothing is left', () => {
  for (const selected of [
    'mean(pages over 7d by site)',
    'Plan.team and pages',
    '7d',
    '0.0',
    'features Daily',
    'gradient_boosting(rounds: 100)',
  ])
    assert.is(extracted(selected), undefined, selected);
});

test('conditions become a policy', () => {
  const text = extracted('require auc >= 0.6\n    require auc >= (champion.auc ?? 0.6) - 0.01')!;
  assert.match(
    text,
    'policy extracted() {\n  require auc >= 0.6\n  require auc >= (champion.auc ?? 0.6) - 0.01\n}\n\nmodel buyer',
  );
  assert.match(text, 'promote {\n    policy extracted()\n    warn log_loss');
  assert.match(
    extracted('require count() >= 100')!,
    'policy extracted() {\n  require count() >= 100\n}\n\nvalidation sound',
  );
});

test('half a condition becomes none', () => {
  assert.is(extracted('require auc >='), undefined);
  assert.is(extracted('auc >= 0.6'), undefined);
});

test.run();
