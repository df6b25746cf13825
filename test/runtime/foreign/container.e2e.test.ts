// A component in a real container: podman, an image made without a registry. The engine of `languages.test.ts` is a fake.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { temporaryFolder } from '../../cli/folders.ts';
import { importImage, podman, podmanIn } from '../../support/podman.ts';
import { ForeignProject } from './support.ts';

const spec = `import std.sources { csv }
schema Order { order_id: int @key  amount: float }
schema Seen { what: string  value: string }
source orders: Order = csv("orders.csv")
component look(orders: table Order, how: string) -> table Seen {
  run container "mlp-test-step" args ["a b", "c'd"]
  what: string from (order_id)
  value: string from (amount)
  resources { cpu: 1, memory: 64MiB }
  timeout 20s
}
let seen = look(orders, "HOW")
`;
/** What is done is the project's own matter: the job says how. */
const script = `how=$(cat /mlp/job.json)
case $how in
*'"how": "fail"'*) echo 'no luck' >&2; exit 3;;
*'"how": "sleep"'*) echo 'falling asleep'; sleep 300;;
*'"how": "nothing"'*) exit 0;;
*'"how": "wrong"'*) echo '{"what":"x","walue":"y"}' > /mlp/out/rows.json; exit 0;;
esac
{
  echo 'what,value'
  echo "arguments,$1|$2"
  echo "user,$(id -u)"
  echo "format,$(head -c 4 /mlp/in/orders.parquet)"
  touch /mlp/in/orders.parquet 2>/dev/null && echo 'input,writable' || echo 'input,read only'
} > "$MLP_OUT/rows.csv"
`;

const folder = temporaryFolder();
const engine = podmanIn(folder);
if (typeof engine === 'string') test(`skipped: ${engine}`, () => undefined);
else {
  importImage(folder, 'mlp-test-step', script, engine);
  const inContainer = async <T>(how: string, work: (project: ForeignProject) => Promise<T>): Promise<T> => {
    Object.assign(process.env, engine, { MLP_CONTAINER_ENGINE: 'podman' });
    try {
      const text = spec.replace('HOW', how).replace('20s', how === 'sleep' ? '3s' : '20s');
      return await work(new ForeignProject(text, { 'orders.csv': 'order_id,amount\n1,2.5\n' }));
    } finally {
      for (const name of [...Object.keys(engine), 'MLP_CONTAINER_ENGINE']) delete process.env[name];
    }
  };
  const failure = (how: string): Promise<string> =>
    inContainer(how, project => project.failure('component-seen'));

  test('a container reads its inputs, which it cannot write, and its job, and gives rows', () =>
    inContainer('look', async project => {
      const { status, error, notes } = await project.step('component-seen');
      assert.is(status, 'succeeded', error?.message);
      assert.equal(notes, ['4 rows of Seen, all as the schema says']);
    }));

  test('what goes wrong in a container is told with its place, and none is left running', async () => {
    assert.match(
      await failure('fail'),
      /^main\.mlp:6:\d+: MLP8810: component `look` \(mlp-test-step\) ended with code 3[\s\S]*no luck/,
    );
    assert.match(
      await failure('nothing'),
      /MLP8814: .*\(mlp-test-step\) gave nothing[\s\S]*has to write `rows\.parquet`/,
    );
    assert.match(await failure('wrong'), /MLP8008: [\s\S]*value/);
    assert.match(await failure('sleep'), /MLP8811: .*its time-out of 3 s[\s\S]*falling asleep/);
    assert.is(podman(['ps', '--quiet'], engine), '');
  });
}

test.run();
