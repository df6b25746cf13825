import { defineMessage } from '../define.ts';

/** The small project that the examples below vary: a source, a view, a model, a pipeline, an environment. */
function example(parts: {
  source?: string;
  target?: string;
  pipeline?: string;
  more?: string;
  imports?: string;
}): string {
  return `import std.sources { csv${parts.imports ?? ''} }
import std.learn { logistic_regression }
import std.metrics { auc }

schema Visit { day: date @event_time  pages: int  bought: bool @known_after(1d) }

source visits: Visit = csv("data/visits.csv")

features Interest from visits at day {
  pages = pages
  label buys = bought
}

model buyers {
  features Interest
  predict buys
  split by time { train 80%  test 20% }
  train logistic_regression()
  seed 1
  evaluate auc
}
${parts.more ?? ''}
pipeline nightly {
  run buyers
  ${parts.pipeline ?? 'on schedule("0 3 * * *", zone: "UTC")'}
}

environment cluster {
  target ${parts.target ?? 'kubernetes { namespace: "ml", registry: "ghcr.io/acme/ml", artifacts: "s3://acme-ml", volume: "visits", mount: "/data" }'}
  source visits = ${parts.source ?? 'csv("/data/visits.csv")'}
}
`;
}

const right = example({});
const api = `
deployment buyers_api {
  serve buyers
}
`;
const list = (names: readonly string[]): string => names.map(name => `\`${name}\``).join(', ');

/** Messages about what a target can express: codes MLP6501 to MLP6599. They are met by `run` and `build`. */
export const targetsMessages = {
  notCarriedOut: defineMessage<{ what: string }>({
    code: 'MLP6501',
    severity: 'error',
    title: 'not carried out yet',
    message: ({ what }) => `this version of mlp checks ${what}, but cannot carry it out yet`,
    hint: () => 'run or build a goal that does not need it; `mlp graph` shows what each goal needs',
    explanation: {
      text: 'The language says more than this version can run. What a goal needs and the runtime cannot do is refused before anything is computed, never left out in silence. A goal that comes before it still runs: the model instead of its deployment.',
      wrong: example({ more: api, pipeline: 'run buyers_api' }).replace('  run buyers\n', ''),
      right,
    },
  }),
  codeNotEmitted: defineMessage<{ target: string; what: string }>({
    code: 'MLP6504',
    severity: 'error',
    title: 'code of the team that a target does not take along',
    message: ({ target, what }) => `the target ${target} does not take ${what} into its image yet`,
    hint: () => 'run this goal on a machine: `mlp run`; or build a goal that does not need it: `--goal NAME`',
    explanation: {
      text: 'A component, trainer or metric of the team needs its files and what they run in, and a model that is loaded needs its file. On a machine both are there; the image of a cluster does not hold them yet, so a build that needs them is refused before anything is written.',
      wrong: right
        .replace(
          'source visits: Visit = csv("data/visits.csv")',
          'source raw: Visit = csv("data/visits.csv")\n\ncomponent clean(raw: table Visit) -> table Visit {\n  run python "steps/clean.py:clean"\n  day: date from (day)\n  pages: int from (pages)\n  bought: bool from (bought)\n}\nlet visits = clean(raw)',
        )
        .replace('source visits = csv("/data/visits.csv")', 'source raw = csv("/data/visits.csv")'),
      right,
    },
  }),
  sourceScheme: defineMessage<{ source: string; path: string; mount?: string | undefined }>({
    code: 'MLP6503',
    severity: 'error',
    title: 'a remote path that cannot be read yet',
    message: ({ source, path }) =>
      `the source \`${source}\` reads ${path}, which this version of mlp cannot do yet`,
    hint: ({ source, mount }) =>
      mount === undefined
        ? 'give a file of the project, an absolute path, `npm:package/path` or `s3://bucket/key`; an environment may replace the source: `environment laptop { source NAME = … }`'
        : `copy the data to an object store (\`s3://…\`), or to a volume: write \`volume: "claim-name", mount: "${mount}"\` in the target and \`source ${source} = …("${mount}/…")\` in the environment`,
    explanation: {
      text: 'Web addresses are not read yet: what lies there has neither a listing nor a version to hold a run to. Copy the data to an object store that speaks the S3 protocol, or to a folder (in a cluster: a volume that the environment names with `volume` and `mount`), and let the environment name the copy.',
      wrong: example({ source: 'csv("https://data.acme.com/visits.csv")' }),
      right,
    },
  }),
  environmentNeeded: defineMessage<{ target: string; candidates: readonly string[] }>({
    code: 'MLP6510',
    severity: 'error',
    title: 'a target needs an environment',
    message: ({ target }) => `the target ${target} needs to know where it runs: no environment was named`,
    hint: ({ target, candidates }) =>
      candidates.length
        ? `build for one of them: ${candidates.map(name => `--env ${name}`).join(', ')}`
        : `declare one: environment cluster { target ${target} { namespace: "ml", registry: "ghcr.io/you/ml", artifacts: "s3://bucket" } }`,
    explanation: {
      text: 'Names of namespace, registry and artifact store are not facts about a pipeline but about a place. They belong to an `environment`, and a build names the environment.',
      wrong: right.slice(0, right.indexOf('environment cluster')),
      right,
    },
  }),
  otherTarget: defineMessage<{ environment: string; target: string; has: string | null }>({
    code: 'MLP6511',
    severity: 'error',
    title: 'the environment is for another target',
    message: ({ environment, target, has }) =>
      `the environment \`${environment}\` ${has === null ? 'names no target' : `is for the target ${has}`}, not ${target}`,
    hint: ({ target }) =>
      `name another environment with --env, or write \`target ${target} { … }\` in this one`,
    explanation: {
      text: 'An environment says for which target it is, and its settings are that target’s. Building another target for it would ignore them.',
      wrong: example({ target: 'local' }),
      right,
    },
  }),
  missingSetting: defineMessage<{ target: string; setting: string; why: string; example: string }>({
    code: 'MLP6513',
    severity: 'error',
    title: 'a target lacks a setting',
    message: ({ target, setting, why }) => `the target ${target} needs the setting \`${setting}\`: ${why}`,
    hint: ({ setting, example: text }) => `write \`${setting}: ${text}\` between the braces of \`target\``,
    explanation: {
      text: 'The cluster has to know where images and artifacts lie; there is no default that is right for anybody.',
      wrong: right.replace('registry: "ghcr.io/acme/ml", ', ''),
      right,
    },
  }),
  badSetting: defineMessage<{ target: string; setting: string; value: string; expected: string }>({
    code: 'MLP6514',
    severity: 'error',
    title: 'a setting of a target with an impossible value',
    message: ({ setting, value, expected }) =>
      `\`${setting}: ${value}\` cannot be used: it must be ${expected}`,
    explanation: {
      text: 'Kubernetes would refuse the name or address when the manifests are applied, or fail when the first step starts.',
      wrong: right.replace('"ghcr.io/acme/ml"', '"https://ghcr.io/acme/ml"'),
      right,
    },
  }),
  localSource: defineMessage<{ source: string; path: string; mount: string | null }>({
    code: 'MLP6515',
    severity: 'error',
    title: 'a local file in a cluster',
    message: ({ source, path }) =>
      `the source \`${source}\` reads ${path}, a file of this machine that no pod can see`,
    hint: ({ source, path, mount }) => {
      const file = path.slice(path.lastIndexOf('/') + 1);
      return mount === null
        ? `put the data on a volume, write \`volume: "claim-name", mount: "/data"\` in the target and \`source ${source} = …("/data/${file}")\` in the environment`
        : `put the data on the volume and write \`source ${source} = …("${mount}/${file}")\` in the environment`;
    },
    explanation: {
      text: 'A pod has the program and nothing of your disk. Data reaches it over a volume: the environment names the claim and where it is mounted, and its sources name files under the mount.',
      wrong: example({ source: 'csv("data/visits.csv")' }),
      right,
    },
  }),
  packageVersion: defineMessage<{ source: string; package: string }>({
    code: 'MLP6516',
    severity: 'error',
    title: 'the version of a data package is not known',
    message: ({ source, package: name }) =>
      `the source \`${source}\` reads a file of the npm package ${name}, which is not installed beside the project`,
    hint: ({ package: name }) =>
      `install it, so that the image gets exactly that version: npm install ${name}`,
    explanation: {
      text: 'The program’s `package.json` names every package exactly, so that an image built tomorrow reads the same data. The version is that of the package installed beside the project.',
      wrong: example({ source: 'csv("npm:no-such-package/visits.csv")' }),
      right,
    },
  }),
  promotedModels: defineMessage<{ environment: string; from: string }>({
    code: 'MLP6512',
    severity: 'error',
    title: 'an environment that trains nothing',
    message: ({ environment, from }) =>
      `the environment \`${environment}\` gets its models from \`${from}\`, and the target kubernetes emits only training so far`,
    hint: ({ from }) => `build for --env ${from}`,
    explanation: {
      text: 'With `models promoted from …` nothing is trained in an environment, and the promotion between environments is not emitted yet. A training workflow there would do what the spec rules out.',
      wrong: right
        .replace(
          'environment cluster {',
          'environment cluster extends staging {\n  models promoted from staging',
        )
        .concat(
          '\nenvironment staging { target kubernetes { namespace: "ml", registry: "ghcr.io/acme/ml", artifacts: "s3://acme-ml-staging" } models trained here }\n',
        ),
      right,
    },
  }),
  missedAll: defineMessage<{ pipeline: string }>({
    code: 'MLP6517',
    severity: 'error',
    title: 'a schedule that catches up on every missed run',
    message: ({ pipeline }) =>
      `Argo starts at most one missed run; \`missed: "all"\` of the pipeline \`${pipeline}\` cannot be expressed`,
    hint: () => 'write `missed: "once"`, or leave it out to skip missed runs',
    explanation: {
      text: 'After an outage a CronWorkflow runs once for all that was missed.',
      wrong: example({ pipeline: 'on schedule("0 3 * * *", zone: "UTC", missed: "all")' }),
      right,
    },
  }),
  interval: defineMessage<{ pipeline: string }>({
    code: 'MLP6518',
    severity: 'error',
    title: 'a data interval in a cluster',
    message: ({ pipeline }) =>
      `the data interval of the pipeline \`${pipeline}\` is not carried out by the target kubernetes yet`,
    hint: () =>
      'leave the interval out (each run then reads all rows), or run this pipeline with `mlp run --from --to`',
    explanation: {
      text: 'The parameters document of a workflow is fixed when it is built, so every run of it reads the same interval: all rows.',
      wrong: example({ pipeline: 'on schedule("0 3 * * *", zone: "UTC")\n  interval 1d' }),
      right,
    },
  }),
  templateBraces: defineMessage<{ what: string; text: string }>({
    code: 'MLP6519',
    severity: 'error',
    title: 'text that a template language would read',
    message: ({ what, text }) =>
      `${what} contains ${text}, which the orchestrator would replace before it is used`,
    hint: () => 'choose a name without it',
    explanation: {
      // biome-ignore lint/suspicious/noTemplateCurlyInString: what the text is about
      text: 'Argo replaces `{{ … }}` and Kubernetes `$( … )` everywhere in a workflow, GitHub `${{ … }}` in its workflows, and none of them has a way to write them literally.',
      wrong: example({ source: 'csv("/data/{{day}}.csv")' }),
      right,
    },
  }),
  goalNotEmitted: defineMessage<{ target: string; goal: string; what: string; instead: readonly string[] }>({
    code: 'MLP6520',
    severity: 'error',
    title: 'a goal that the target cannot reach yet',
    message: ({ target, goal, what }) =>
      `the goal \`${goal}\` is ${what}, which the target ${target} does not emit yet`,
    hint: ({ instead }) =>
      instead.length
        ? `build what comes before it: ${instead.map(goal => `--goal ${goal}`).join(' ')}`
        : undefined,
    explanation: {
      text: 'This version emits the training graph up to the registered model. A deployment or scoring that a pipeline asks for is not left out in silence: either name an earlier goal, or wait.',
      wrong: example({ more: api, pipeline: 'run buyers_api' }).replace('  run buyers\n', ''),
      right,
    },
  }),
  unknownGoal: defineMessage<{ goal: string; suggestion: string | undefined; known: readonly string[] }>({
    code: 'MLP6521',
    severity: 'error',
    title: 'no such goal',
    message: ({ goal }) => `there is no goal \`${goal}\``,
    hint: ({ suggestion, known }) =>
      suggestion ? `did you mean \`${suggestion}\`?` : known.length ? `goals are ${list(known)}` : undefined,
    explanation: {
      text: 'A goal is the name of a pipeline, a model, a view, a source or a deployment, or the id of a step.',
      wrong: right,
      right,
    },
  }),
  notEmitted: defineMessage<{ target: string; what: string }>({
    code: 'MLP6522',
    severity: 'warning',
    title: 'not emitted',
    message: ({ target, what }) =>
      `the target ${target} does not emit ${what} yet; it is left out of what is built`,
    explanation: {
      text: 'What was built works without it, so this is a warning. The README beside the generated files lists all that was left out.',
      wrong: example({ pipeline: 'on request\n  cooldown 6h\n  budget 2h cpu' }),
      right,
    },
  }),
  unpinnedImage: defineMessage<{ image: string }>({
    code: 'MLP6523',
    severity: 'warning',
    title: 'an image named by a tag',
    message: ({ image }) =>
      `the workflow names its image by a tag, ${image}, which can be moved to another image`,
    hint: () =>
      'after the image is pushed, write its digest: `image: "registry/name@sha256:…"` in the target',
    explanation: {
      text: 'A tag says which image is meant, a digest says which image it is. The tag that mlp chooses is the plan’s hash, so it changes with the spec; for production write the digest that the registry answered.',
      wrong: right,
      right: right.replace(
        'registry:',
        'image: "ghcr.io/acme/ml/visits@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", registry:',
      ),
    },
  }),
  pathName: defineMessage<{ name: string; what: string }>({
    code: 'MLP6524',
    severity: 'error',
    title: 'a name that cannot be a path',
    message: ({ name, what }) => `${what} \`${name}\` cannot be the name of a folder in a pod`,
    hint: () => 'use letters, digits, spaces, `_`, `-` and `.`',
    explanation: {
      text: 'An input of a step is a folder that has the name of the declaration, so a name that no folder can have cannot be emitted.',
      wrong: right
        .replaceAll('visits:', '`web/visits`:')
        .replaceAll('from visits', 'from `web/visits`')
        .replace('source visits', 'source `web/visits`'),
      right,
    },
  }),
} as const;
