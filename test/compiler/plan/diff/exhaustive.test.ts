// Every property of the plan has a rule, and the rules do what they say.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { changeText, diffPlans, recordRules, severity, worst } from '../../../../compiler/plan/diff/index.ts';
import { canonicalJson } from '../../../../compiler/plan/hash.ts';
import { linkFaults } from '../../../../compiler/plan/links.ts';
import type { Plan } from '../../../../compiler/plan/plan.ts';
import { Random, rounds } from '../../../support/random.ts';
import { compileText, root } from '../../../support/specs.ts';
import { allProperties, type Mutation, mutated, mutationsOf, planSchema } from './mutations.ts';
import { rich } from './rich.ts';
import { tables, typeProperties, watch } from './watch.ts';

const spec = (...parts: string[]): string => readFileSync(path.join(root, ...parts), 'utf8');
const planOf = (text: string): Plan => {
  const { plan, diagnostics } = compileText(text);
  assert.equal(
    diagnostics.map(d => d.message),
    [],
  );
  return JSON.parse(JSON.stringify(plan)) as Plan;
};
const plans: readonly Plan[] = [
  planOf(rich),
  planOf(spec('examples/flights/flights.mlp')),
  planOf(spec('test/fixtures/plan/churn/main.mlp')),
];
/** What the hash is the digest of: the digest alone would take most of the time. */
const hashed = ({ positions: _p, hash: _h, ...content }: Plan): string => canonicalJson(content);
const contents = new Map(plans.map(plan => [plan, hashed(plan)]));
const reached = new Set<string>();
const mutations = plans.map(plan => mutationsOf(plan, reached));

/** Compared as one value, wherever they are: any difference of what they say is a difference of the property that holds them. */
const whole = new Set(
  `Literal ColumnRef FeatureRef CallExpr WindowExpr TableAggregateExpr DriftExpr FittedExpr MetricExpr MeasureExpr TeamFunction
   Expr Value Known Moment Setting Condition Foreign Join Task MetricUse Dimension SplitPlan Notification PlanTrigger Resources
   Retry Test ValueGraph ValueNode ValueEdge StepKind ArtifactKind Step StepInput At TypeKind`.split(/\s+/),
);

test('every property of the plan has a rule', () => {
  for (const [name, definition] of [
    ...Object.entries(planSchema.definitions),
    ['Plan', planSchema] as const,
  ]) {
    if (name === 'SourcePosition' || whole.has(name)) continue;
    const properties = Object.keys(definition.properties ?? {}).sort();
    const rules = name === 'Type' ? typeProperties : Object.keys(tables[name] ?? {});
    assert.equal(rules.toSorted(), properties, `${name} has properties without a rule, or rules for none`);
  }
});

test('only what follows from something else has a rule that says nothing', () => {
  const silent = Object.entries(tables).flatMap(([definition, rules]) =>
    Object.entries(rules)
      .filter(([property, { gives }]) => gives.length === 0 && !/^(at|\w+At|positions)$/.test(property))
      .map(([property]) => `${definition}.${property}`),
  );
  const records = Object.keys(recordRules).map(kind => `Plan.${kind}`);
  assert.equal(
    silent.filter(property => !records.includes(property)).sort(),
    `Feature.known Feature.name Feature.tags Feature.type FeatureView.eventTime FeatureView.request Model.views
     Plan.graph Plan.hash Plan.version SchemaColumn.name`.split(/\s+/),
  );
});

test('the plans that are changed here have every property', () => {
  const missing = [...allProperties()].filter(
    property =>
      !reached.has(property) &&
      !property.startsWith('SourcePosition.') &&
      // Typed trees share `masks`; that of one kind stands for all. A table's row type is no column's.
      // What a function of the team is belongs to the call, which is compared as one value.
      !/^(CallExpr\.team|TeamFunction\b)/.test(property) &&
      !/^\w+(Expr|Ref|Literal)\.masks$|^Literal\.masks$|^Type\.row$/.test(property) &&
      !property.startsWith('Deployment.check.rules.forEach.'),
  );
  assert.equal(missing, []);
});

/** Says nothing: where something stands, and the digest of the rest. */
const isMeaningless = ({ path: at, property }: Mutation): boolean => {
  const last = property.split('.').pop()!;
  if (property === 'Plan.hash' || property === 'SourcePosition') return true;
  const isPosition = (last === 'at' || last.endsWith('At')) && property !== 'Deployment.replicas.at';
  // A name of the user's own may be `at` as well; then the property is the record's.
  return isPosition && at[at.length - 1] === last;
};

test('a plan differs from itself in nothing', () => {
  for (const plan of plans) {
    assert.equal(diffPlans(plan, plan), []);
    assert.equal(diffPlans(plan, JSON.parse(JSON.stringify(plan))), []);
  }
});

const seen = watch();
const random = new Random();
console.log(`seed ${random.seed}`);

/** One change of each of half the properties, or of all of them with `FUZZ_LONG`, and some more at random. */
function drawn(): { plan: Plan; mutation: Mutation }[] {
  const all = mutations.flatMap((list, i) => list.map(mutation => ({ plan: plans[i]!, mutation })));
  const shuffled = random.shuffle(all);
  const covered = new Set<string>();
  const first = shuffled.filter(({ mutation: { property } }) => {
    const isNew = !covered.has(property);
    covered.add(property);
    return isNew && random.chance(rounds(50, 100) / 100);
  });
  return [...first, ...shuffled.slice(0, rounds(40, 20_000))];
}

test('every change of a plan is told, but for positions; the hash sees the same changes', () => {
  let told = 0;
  for (const { plan, mutation } of drawn()) {
    const changed = mutated(plan, mutation);
    if (linkFaults(changed).length > 0) continue;
    const where = `${mutation.property} at ${mutation.path.join('.')}: ${JSON.stringify(mutation.value)}`;
    const changes = diffPlans(plan, changed);
    const sameHash = contents.get(plan) === hashed(changed);
    assert.is(changes.length === 0, sameHash, `${where}\n${changes.map(changeText).join('\n')}`);
    if (isMeaningless(mutation)) assert.equal(changes, [], where);
    else assert.ok(changes.length > 0, where);
    const order = changes.map(change => severity(change.class));
    assert.equal(
      order,
      order.toSorted((a, b) => b - a),
      where,
    );
    const [definition, key] = mutation.property.split('.') as [string, string];
    // A schema that is not there, and a tag against the key that it follows from, are no plans.
    const dangling = mutation.property.endsWith('.schema') || mutation.property === 'SchemaColumn.tags';
    const ruled = !dangling && (tables[definition]?.[key]?.gives.length ?? 0) > 0;
    // Told by its own rule, not as a difference that nothing explains.
    if (ruled && changes.length > 0)
      assert.ok(
        changes.some(({ reason }) => !reason.includes('another compiler')),
        where,
      );
    for (const change of changes) {
      assert.ok(change.reason.endsWith('.') && !/undefined|\[object/.test(JSON.stringify(change)), where);
      assert.ok(changeText(change).length > 5);
    }
    // The other way round something is found too.
    if (!sameHash && random.chance(0.1)) assert.ok(diffPlans(changed, plan).length > 0, `back: ${where}`);
    told += 1;
  }
  assert.ok(told > 80, `only ${told} plans`);
});

test('two changes give no less than nothing: what differs from the first to the last is told', () => {
  for (let i = 0; i < rounds(15, 2_000); i++) {
    const k = random.int(0, plans.length - 1);
    const [a, list] = [plans[k]!, mutations[k]!];
    const b = mutated(a, random.pick(list));
    const second = random.pick(list);
    let c: Plan;
    try {
      c = mutated(b, second);
    } catch {
      continue;
    }
    if (linkFaults(b).length > 0 || linkFaults(c).length > 0) continue;
    const changes = diffPlans(a, c);
    assert.is(changes.length > 0, contents.get(a) !== hashed(c), JSON.stringify(second));
    // What breaks somebody in the first step may be undone in the second; if the hash says no, it was.
    if (worst(changes.map(change => change.class)) === 'none')
      assert.ok(changes.every(change => change.class === 'none'));
  }
});

test('no rule gives a class that it does not own up to', () => {
  for (const [property, classes] of seen) {
    const [definition, key] = property.split('.') as [string, string];
    const { gives } = tables[definition]![key]!;
    // Words alone are none of every rule; what nests tells what is inside of it, and those rules are looked at themselves.
    if (definition === 'Plan' || gives.length === 0) continue;
    for (const one of classes)
      assert.ok(
        one === 'none' || nested.has(property) || gives.includes(one),
        `${property} gives ${one}, and says ${gives.join(', ')}`,
      );
  }
});
const nested = new Set(['Schema.columns', 'FeatureView.features', 'Model.trainer', 'Model.gate']);

test.run();
