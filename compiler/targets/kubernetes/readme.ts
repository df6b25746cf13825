import { targetsMessages as messages } from '../../diagnostics/messages/targets.ts';
import { secretsOf } from '../../plan/connections.ts';
import type { Plan } from '../../plan/plan.ts';
import { place, type Refusal } from '../target.ts';
import type { Project, WorkflowPlan } from './project.ts';
import { publications } from './step.ts';

/** What a person needs to put the files to work, and all that was left out of them. */
export function readme(project: Project, notes: readonly Refusal[]): string {
  const { settings, workflows, plan } = project;
  const first = workflows[0];
  const sections = [
    `# ${project.name} on Kubernetes`,
    `For the environment \`${settings.environment}\`. ${project.head[0]}\nPlan \`${plan.hash}\`.`,
    '## Put it to work',
    [
      '1. The cluster has Argo Workflows 3.6 or later, and its `argoexec` image allows `runAsNonRoot`.',
      '2. Build and push the image; it installs `mlp-runtime` from your npm registry. Lock its packages first, so that every build',
      '   installs the same:',
      fenced(
        'sh',
        `(cd image/app && npm install --package-lock-only)\ndocker build -t ${project.image.replace(/@sha256:.*/, '')} image\ndocker push ${project.image.replace(/@sha256:.*/, '')}`,
      ),
      `3. ${storeAccess(project)}`,
      ...(settings.volume === null
        ? []
        : [
            `4. The claim \`${settings.volume}\` holds the data; it is mounted read-only at \`${settings.mount}\`.`,
          ]),
      ...secretsItem(project, settings.volume === null ? 4 : 5),
    ].join('\n'),
    fenced('sh', 'kubectl apply -k .'),
    ...(first ? ['Run it by hand, and watch it:', fenced('sh', submit(project, first))] : []),
    '## How a run ends',
    [
      'A step exits with 0 (done), 1 (the spec or the data is at fault), 2 (wrong usage) or 3 (refused). A gate or a validation that',
      'refuses ends its own step as failed with exit code 3, is not retried, and what stands behind it is omitted: nothing is',
      'registered. The step’s log says which rule failed, and its artifacts `verdict` or `report` are kept.',
    ].join('\n'),
    '## What outlives a run',
    lasting(project),
    '## Not emitted',
    lines(plan, notes.filter(isLeftOut)) || 'Nothing was left out.',
    ...(notes.every(isLeftOut)
      ? []
      : [
          '## Mind',
          lines(
            plan,
            notes.filter(note => !isLeftOut(note)),
          ),
        ]),
  ];
  return `${sections.join('\n\n')}\n`;
}

/** What the steps' connections ask for. */
function secretsItem({ plan, settings, workflows }: Project, number: number): string[] {
  const sources = workflows.flatMap(({ steps }) => steps.map(step => plan.sources[step.of]));
  const names = [...new Set(sources.flatMap(source => (source ? secretsOf(plan, source.from) : [])))].sort();
  if (names.length === 0) return [];
  const keys = names.map(name => `\`${name}\``).join(', ');
  return [
    `${number}. The secret \`${settings.secrets}\` of the namespace has the ${names.length === 1 ? 'key' : 'keys'} ${keys}; each step that reads over a connection gets those of its own.`,
  ];
}

const isLeftOut = (note: Refusal): boolean => note.code === messages.notEmitted.definition.code;
const lines = (plan: Plan, notes: readonly Refusal[]): string =>
  notes
    .map(
      note => `- ${note.message}${note.hint === undefined ? '' : `; ${note.hint}`} (${place(plan, note.at)})`,
    )
    .join('\n');

const fenced = (language: string, text: string): string => `\`\`\`${language}\n${text}\n\`\`\``;

const submit = (project: Project, workflow: WorkflowPlan): string =>
  `argo submit -n ${project.settings.namespace} --from workflowtemplate/${workflow.label} --watch`;

function storeAccess({ settings: { artifacts, serviceAccount } }: Project): string {
  const store = `the bucket \`${artifacts.bucket}\``;
  return artifacts.credentials === null
    ? `The service account \`${serviceAccount}\` may read, write and list ${store}. Listing matters: without it a missing first champion looks like a refusal.`
    : `The secret \`${artifacts.credentials}\` has the keys \`accesskey\` and \`secretkey\`; they may read, write and list ${store}.`;
}

function lasting(project: Project): string {
  const all = project.workflows.flatMap(workflow => publications(project, workflow));
  if (all.length === 0)
    return 'Nothing: no model has a gate, and no validation compares with an earlier snapshot.';
  const lines = all.map(p =>
    p.step.kind === 'register'
      ? `- \`${p.key}\`: the champion of \`${p.step.of}\`, replaced when its gate lets a new version pass.`
      : `- \`${p.key}\`: the profile of the last rows that \`${p.step.of}\` accepted, its \`previous\`.`,
  );
  return [...lines, '', 'The first run finds none of them, and the spec says what holds then.'].join('\n');
}
