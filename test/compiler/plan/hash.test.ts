import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { canonicalJson, planHash, stepHash } from '../../../compiler/plan/hash.ts';
import type { Plan } from '../../../compiler/plan/plan.ts';
import { sha256 } from '../../../compiler/plan/sha256.ts';

// biome-ignore lint/suspicious/noExplicitAny: plans are taken apart here
type Loose = any;
const fixture = (name: string): Plan =>
  JSON.parse(readFileSync(new URL(`../../fixtures/plans/${name}.plan.json`, import.meta.url), 'utf8'));
const changed = (change: (plan: Loose) => void): Plan => {
  const plan = fixture('flights') as Loose;
  change(plan);
  return plan;
};

test('SHA-256 gives the digests of FIPS 180-4', () => {
  assert.is(sha256(''), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  assert.is(sha256('abc'), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  assert.is(
    sha256('abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq'),
    '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
  );
});

test('SHA-256 agrees with the platform at every length around a block, and beyond ASCII', () => {
  for (let n = 0; n < 200; n++) {
    const text = 'aé€😀'.repeat(60).slice(0, n);
    assert.is(sha256(text), createHash('sha256').update(text).digest('hex'), String(n));
  }
  const long = 'x'.repeat(100_003);
  assert.is(sha256(long), createHash('sha256').update(long).digest('hex'));
});

test('canonical JSON does not depend on the order of fields', () => {
  assert.is(canonicalJson({ b: 1, a: [2, { d: null, c: 'x' }] }), '{"a":[2,{"c":"x","d":null}],"b":1}');
  assert.is(canonicalJson({ a: undefined, b: 1 }), '{"b":1}');
});

test('positions are no part of the hash, names called `at` are', () => {
  const { hash } = fixture('flights');
  assert.is(planHash(fixture('flights')), hash);
  const moved = changed(plan => {
    plan.positions = [];
    plan.views.Departure.at = 77;
    plan.views.Departure.features[0].expr.at = 78;
    plan.views.Departure.features[6].expr.args[0].lengthAt = 79;
    plan.graph.edges[0].at = 5;
  });
  assert.is(planHash(moved), hash);
  for (const change of [
    (plan: Loose) => {
      plan.models.lateness.trainer.params.at = 3;
    },
    (plan: Loose) => {
      plan.sources.flights.from.args.at = 3;
    },
    (plan: Loose) => {
      plan.deployments.lateness_api.replicas.at = 0.8;
    },
    (plan: Loose) => {
      plan.tests[0].tables.flights[0].at = 4;
    },
    (plan: Loose) => {
      plan.tests[0].row.at = 4;
    },
    (plan: Loose) => {
      plan.models.lateness.seed = 43;
    },
    (plan: Loose) => {
      plan.views.Departure.features.reverse();
    },
  ])
    assert.is.not(planHash(changed(change)), hash, String(change));
});

test('a step is hashed by what it does', () => {
  const plan = fixture('flights');
  const hashes = (p: Plan): Map<string, string> => new Map(p.steps.map(step => [step.id, stepHash(p, step)]));
  const before = hashes(plan);
  assert.is(new Set(before.values()).size, plan.steps.length);
  const differing = (change: (plan: Loose) => void): string[] => {
    const after = hashes(changed(change));
    return [...before.keys()].filter(id => before.get(id) !== after.get(id));
  };
  assert.equal(
    differing(p => {
      p.models.lateness.gate.rules[0].condition.args[1].value = 0.66;
    }),
    ['evaluate-lateness', 'gate-lateness'],
  );
  assert.equal(
    differing(p => {
      p.models.lateness.trainer.params.depth = 7;
    }),
    ['tune-lateness', 'train-lateness'],
  );
  assert.equal(
    differing(p => {
      p.schemas.Flight.columns[4].type.max = 2000;
    }),
    ['ingest-flights'],
  );
  assert.equal(
    differing(p => {
      p.schemas.Flight.doc = 'Another text.';
      p.views.Departure.doc = 'Told anew.';
      p.models.lateness.gate.rules[0].text = 'auc>=0.65';
      p.steps[4].timeout = 5;
    }),
    [],
  );
});

test.run();
