import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { secretIn } from '../../../compiler/semantics/checker/secrets.ts';
import { Random } from '../../support/random.ts';
import { compileText } from '../../support/specs.ts';

// Keys are made here, so that none of them stands in a file where a scanner would find it.
const chance = new Random();
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const alphabet = `${letters}${letters.toLowerCase()}0123456789`;
const word = (length: number, of = alphabet): string =>
  Array.from({ length }, () => of[chance.int(0, of.length - 1)]).join('');
const upper = `${letters}0123456789`;

const keys: Readonly<Record<string, () => string>> = {
  AWS: () => `AKIA${word(15, upper)}Q`,
  GitHub: () => `ghp_${word(36)}`,
  'GitHub, fine-grained': () => `github_pat_${word(30)}`,
  GitLab: () => `glpat-${word(20)}`,
  Slack: () => `xoxb-${word(12, '0123456789')}-${word(24)}`,
  'a hook of Slack': () =>
    `https://hooks.slack.com/services/T${word(8, upper)}/B${word(8, upper)}/q${word(23)}`,
  'a hook of Discord': () => `https://discord.com/api/webhooks/${word(18, '123456789')}/${word(60)}`,
  Stripe: () => `sk_live_${word(24)}`,
  Google: () => `AIza${word(35)}`,
  'a language model': () => `sk-proj-${word(40)}`,
  'Hugging Face': () => `hf_${word(34)}`,
  npm: () => `npm_${word(36)}`,
  SendGrid: () => `SG.${word(22)}.${word(43)}`,
  'a signed token': () => `eyJ${word(20)}.eyJ${word(40)}.${word(43)}`,
  'an account': () => `DefaultEndpointsProtocol=https;AccountKey=${word(60)}==`,
  'a private key': () => '-----BEGIN RSA PRIVATE KEY-----',
  'an address': () => `mongodb+srv://reader:${word(12)}@cluster0.example.net/shop`,
};
for (const [name, make] of Object.entries(keys))
  test(`${name}, seed ${chance.seed}`, () => {
    const key = make();
    const text = `before ${key} after`;
    const found = secretIn(text, false);
    assert.ok(found, key);
    assert.ok(key.includes(text.slice(found.start, found.end)), text.slice(found.start, found.end));
    // The whole file is looked through first, by what any of them begins with.
    const { diagnostics } = compileText(`let note = ${JSON.stringify(text)}\n`);
    assert.equal(
      diagnostics.map(d => d.code),
      ['MLP3130'],
      key,
    );
    assert.not.ok(diagnostics[0]!.message.includes(key), 'a message repeats no secret');
  });

test('what a command is given', () => {
  for (const text of [
    'PGPASSWORD=hunter22 psql',
    'env API_KEY="abcd1234" fetch',
    "curl -H 'Authorization: Bearer abcdef123456'",
    'fetch --token abcd1234',
    'fetch --password=abcd1234',
    'host=db;password=hunter22;user=me',
  ]) {
    assert.ok(secretIn(text, true), text);
    assert.is(secretIn(text, false), undefined, text);
  }
});

test('names of variables, places in templates and published examples are none', () => {
  for (const text of [
    'PGPASSWORD=$PASSWORD psql',
    `PGPASSWORD=\${PASSWORD} psql`,
    'postgres://me:$PASSWORD@db/shop',
    'postgres://me:<password>@db/shop',
    'postgres://me:****@db/shop',
    'postgres://db:5432/shop',
    'https://example.com/a:b@c',
    'AKIAIOSFODNN7EXAMPLE',
    'python -m tokens.count --tokenizer bpe',
    'steps/secret_santa.py:draw',
    'sk-learn',
    'npm_config',
    'the key = value pairs',
  ])
    assert.is(secretIn(text, true), undefined, text);
});

test.run();
