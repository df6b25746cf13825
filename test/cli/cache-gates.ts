import type { Random } from '../support/random.ts';

/**
 * Random projects that are right but for a few switches, each thing in a file of its own: whether a gate guards anything, a
 * policy is used, a monitor has labels and pipelines start one another depends on files that do not know it.
 */

const COUNT = 3;
type Switches = Readonly<Record<string, number>>;
type Draw = (s: Switches, i: number) => string;

/** How many positions each switch has; it starts at the first, where all is right. */
const positions = {
  reads: 4,
  model: 2,
  validates: 3,
  goal: 2,
  trigger: 4,
  cooldown: 2,
  labels: 2,
  rollback: 2,
  policy: 3,
  uses: 2,
  cluster: 3,
  fault: 6,
} as const;

const view: Draw = (s, i) => {
  const source = `s${(i + s[`reads${i}`]!) % 4}`;
  return `import "./${source}.mlp" { ${source} }\nfeatures F${i} from ${source} at at {\n  use site\n  high = n > 3\n  label y = late\n}\n`;
};
const model: Draw = (_, i) =>
  `import std.learn { logistic_regression }\nimport std.metrics { auc, accuracy }\nmodel m${i} {\n  features F${i}\n  predict y\n  split by time { train 70%  validation 15%  test 15% }\n  train logistic_regression()\n  evaluate auc, accuracy\n  promote { require auc >= 0.6 }\n}\n`;
const guard: Draw = (s, i) => {
  const policy = s[`uses${i}`] === 0 ? `  policy p${i}(5)\n` : '';
  const imported = policy === '' ? '' : `import "./policy${i}.mlp" { p${i} }\n`;
  return `${imported}validation v${i} on s${(i + s[`validates${i}`]!) % 4} {\n  require count() >= 10\n${policy}}\n`;
};
const policies = ['count() >= rows', 'mean(n) >= rows', 'mean(absent) >= rows'];
const policy: Draw = (s, i) => `policy p${i}(rows: int) { require ${policies[s[`policy${i}`]!]} }\n`;
const deployment: Draw = (s, i) => {
  const metric = s[`rollback${i}`] === 1 ? 'accuracy < 0.5' : 'error_rate > 1%';
  const imported = metric.startsWith('accuracy') ? 'import std.metrics { accuracy }\n' : '';
  return `${imported}deployment d${i} {\n  serve m${i}\n  log 20% of requests\n  rollout canary { 5% for 3d, 100% }\n  rollback when ${metric}\n}\n`;
};
const monitor: Draw = (s, i) => {
  const labels = s[`labels${i}`] === 1 ? '' : `  labels from s${i} on (site)\n`;
  return `import std.metrics { auc }\nmonitor w${i} on d${i} {\n  every 1d over 7d\n${labels}  alert auc < 0.6\n}\n`;
};
const triggers: readonly Draw[] = [
  () => 'schedule("0 3 * * *", zone: "UTC")',
  (_, i) => `alert(w${i})`,
  (_, i) => `alert(w${(i + 1) % COUNT})`,
  (_, i) => `new_rows(s${i}) >= 10`,
];
const pipeline: Draw = (s, i) => {
  const goals = s[`goal${i}`] === 1 ? `m${i}, v${i}` : `m${i}`;
  const cooldown = s[`cooldown${i}`] === 1 ? '  cooldown 1d\n' : '';
  return `pipeline l${i} {\n  run ${goals}\n  on ${triggers[s[`trigger${i}`]!]!(s, i)}\n${cooldown}}\n`;
};
const environment: Draw = (s, i) => {
  const target = s[`cluster${i}`] === 1 ? 'kubernetes { namespace: "a", artifacts: "s3://a/b" }' : 'local';
  const replaced = s[`cluster${i}`] === 2 ? `import std.sources { csv }\n` : '';
  return `${replaced}environment e${i} {\n  target ${target}\n${replaced && `  source s${i} = csv("other.csv")\n`}}\n`;
};
/** Whether it is there, what it holds. */
const kinds = { view, model, guard, policy, deployment, monitor, pipeline, environment };

const faults: readonly Draw[] = [
  () => '',
  () => 'let wrong = 1 + true\n',
  () => 'let = \n',
  (_, i) => `feature G${i} from s${i} at at { x = n }\n`,
  (_, i) => `features F${i} from s${i} at at { x = n + true }\n`,
  (_, i) => `let p = p${i}(\n`,
];

export class GatedProject {
  private readonly random: Random;
  private readonly switches: Record<string, number> = {};

  constructor(random: Random) {
    this.random = random;
    for (const name of Object.keys(positions))
      for (let i = 0; i < COUNT; i++) this.switches[`${name}${i}`] = 0;
    for (let n = random.int(0, 4); n > 0; n--) this.edit();
  }

  texts(): Map<string, string> {
    const texts = new Map<string, string>();
    texts.set(
      'schema.mlp',
      'schema S {\n  at: datetime @event_time\n  site: string\n  n: int in 0..100\n  late: bool @known_after(1d)\n}\n',
    );
    for (let i = 0; i < 4; i++)
      texts.set(
        `s${i}.mlp`,
        `import "./schema.mlp" { S }\nimport std.sources { csv }\nsource s${i}: S = csv("s${i}.csv")\n`,
      );
    const { switches } = this;
    for (let i = 0; i < COUNT; i++) {
      for (const [kind, draw] of Object.entries(kinds)) {
        const left =
          switches[`model${i}`] === 1 && ['model', 'deployment', 'monitor', 'pipeline'].includes(kind);
        if (!left) texts.set(`${kind}${i}.mlp`, draw(switches, i));
      }
      const fault = faults[switches[`fault${i}`]!]!(switches, i);
      if (fault !== '') texts.set(`fault${i}.mlp`, fault);
    }
    return texts;
  }

  /** One switch to another position; faults go away more often than they come. */
  edit(): void {
    const [name, count] = this.random.pick(Object.entries(positions));
    const i = this.random.int(0, COUNT - 1);
    const rare = name === 'fault' && this.random.chance(0.7);
    this.switches[`${name}${i}`] = rare ? 0 : this.random.int(0, count - 1);
  }
}
