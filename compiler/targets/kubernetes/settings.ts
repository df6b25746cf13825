import { targetsMessages as messages } from '../../diagnostics/messages/targets.ts';
import type { At, Environment, Plan } from '../../plan/plan.ts';
import { resolveEnvironment } from '../environment.ts';
import { NOWHERE, type Refusal, refuse } from '../target.ts';

/** The settings of `target kubernetes { … }`, checked. */
export interface Settings {
  readonly environment: string;
  readonly namespace: string;
  readonly registry: string;
  readonly artifacts: {
    readonly bucket: string;
    /** Without slashes at its ends; may be empty. */
    readonly prefix: string;
    readonly endpoint: string;
    readonly insecure: boolean;
    readonly credentials: string | null;
  };
  readonly volume: string | null;
  readonly mount: string;
  readonly image: string | null;
  readonly serviceAccount: string;
  /** The Kubernetes secret with the spec's secrets. */
  readonly secrets: string;
}

const LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const REGISTRY = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?(:[0-9]{1,5})?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*$/;
const IMAGE = /^[a-z0-9][-a-z0-9._:/]*(@sha256:[0-9a-f]{64}|:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})$/;
const ARTIFACTS = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])((?:\/[A-Za-z0-9!_.*'()-]+)*)\/?$/;
const ENDPOINT = /^(https?:\/\/)?[A-Za-z0-9][A-Za-z0-9.-]*(:[0-9]{1,5})?$/;
const MOUNT = /^(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)+$/;

/** What each setting must be; the text completes "it must be …". */
const rules = {
  namespace: { pattern: LABEL, expected: 'a DNS label: at most 63 lower-case letters, digits and dashes' },
  registry: { pattern: REGISTRY, expected: 'a registry and a path, such as "ghcr.io/acme/ml"' },
  artifacts: {
    pattern: ARTIFACTS,
    expected: 'a bucket and perhaps a prefix, such as "s3://acme-ml/flights"',
  },
  endpoint: { pattern: ENDPOINT, expected: 'a host and perhaps a port, such as "http://minio.storage:9000"' },
  credentials: { pattern: SUBDOMAIN, expected: 'the name of a Kubernetes secret' },
  volume: { pattern: SUBDOMAIN, expected: 'the name of a PersistentVolumeClaim' },
  mount: { pattern: MOUNT, expected: 'an absolute folder, such as "/data"' },
  image: { pattern: IMAGE, expected: 'an image with its digest, such as "ghcr.io/acme/ml/flights@sha256:…"' },
  secrets: { pattern: SUBDOMAIN, expected: 'the name of a Kubernetes secret' },
  service_account: { pattern: SUBDOMAIN, expected: 'the name of a service account' },
} as const;
type Name = keyof typeof rules;

const required = {
  namespace: { why: 'everything is put into it', example: '"ml"' },
  registry: { why: 'pods pull the program’s image from it', example: '"ghcr.io/acme/ml"' },
  artifacts: { why: 'artifacts are kept there between steps', example: '"s3://bucket/prefix"' },
} as const;

/** Reads the settings of the environment that the plan was resolved for. */
export function readSettings(plan: Plan): {
  readonly settings?: Settings;
  readonly refusals: readonly Refusal[];
} {
  const candidates = Object.keys(plan.environments).filter(
    name => resolveEnvironment(plan, name)?.target === 'kubernetes',
  );
  const environment = plan.environment === null ? undefined : resolveEnvironment(plan, plan.environment);
  if (plan.environment === null || !environment) {
    const at = Object.values(plan.environments)[0]?.at ?? Object.values(plan.pipelines)[0]?.at ?? NOWHERE;
    return { refusals: [refuse(messages.environmentNeeded, { target: 'kubernetes', candidates }, at)] };
  }
  const { at, target } = environment;
  if (target !== 'kubernetes') {
    const facts = { environment: plan.environment, target: 'kubernetes', has: target };
    return { refusals: [refuse(messages.otherTarget, facts, at)] };
  }
  const refusals = check(environment.settings, at);
  if (environment.models?.from != null)
    refusals.push(
      refuse(messages.promotedModels, { environment: plan.environment, from: environment.models.from }, at),
    );
  // Settings with faults are good enough to look for what else is refused, all at once; nothing is emitted by them.
  return { settings: build(plan.environment, environment.settings), refusals };
}

function check(settings: Environment['settings'], at: At): Refusal[] {
  const refusals: Refusal[] = [];
  for (const [setting, { why, example }] of Object.entries(required))
    if (settings[setting] == null)
      refusals.push(refuse(messages.missingSetting, { target: 'kubernetes', setting, why, example }, at));
  for (const [setting, { pattern, expected }] of Object.entries(rules)) {
    const value = settings[setting];
    if (value == null) continue;
    if (typeof value === 'string' && pattern.test(value) && value.length <= 253) continue;
    refusals.push(
      refuse(
        messages.badSetting,
        { target: 'kubernetes', setting, value: JSON.stringify(value), expected },
        at,
      ),
    );
  }
  return refusals;
}

function build(environment: string, settings: Environment['settings']): Settings {
  const text = (name: Name): string | null => (typeof settings[name] === 'string' ? settings[name] : null);
  const [, bucket = '', prefix = ''] = ARTIFACTS.exec(text('artifacts') ?? '') ?? [];
  const endpoint = text('endpoint') ?? 's3.amazonaws.com';
  return {
    environment,
    namespace: text('namespace') ?? '',
    registry: text('registry') ?? '',
    artifacts: {
      bucket,
      prefix: prefix.replace(/^\//, ''),
      endpoint: endpoint.replace(/^https?:\/\//, ''),
      insecure: endpoint.startsWith('http://'),
      credentials: text('credentials'),
    },
    volume: text('volume'),
    mount: text('mount') ?? '/data',
    image: text('image'),
    serviceAccount: text('service_account') ?? 'mlp',
    secrets: text('secrets') ?? 'mlp-secrets',
  };
}
