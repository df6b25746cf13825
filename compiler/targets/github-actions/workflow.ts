import type { Plan } from '../../plan/plan.ts';
import { commented, type YamlValue } from '../yaml.ts';
import { defaults, type Pin, pins } from './pins.ts';
import type { Settings } from './settings.ts';

/**
 * `mlp-ci.yml`: checks and tests the spec on every change. No text of the spec or of an event stands in a command:
 * commands are constants, and the little that varies (folder, branch, runner) is data of the workflow, checked before.
 */
export function ciWorkflow(plan: Plan, settings: Settings): YamlValue {
  const tests = plan.tests.length > 0;
  return {
    name: 'mlp-ci',
    on: {
      push: { branches: [settings.branch] },
      pull_request: null,
      merge_group: null,
      workflow_dispatch: null,
    },
    permissions: {},
    concurrency: {
      // biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of GitHub's, not of ours
      group: '${{ github.workflow }}-${{ github.event.pull_request.number || github.ref }}',
      'cancel-in-progress': true,
    },
    defaults: {
      run: { shell: 'bash', ...(settings.folder === '' ? {} : { 'working-directory': settings.folder }) },
    },
    jobs: {
      check: job(
        'Check the spec and what is generated from it',
        settings,
        [
          run('Check the spec', 'npx --no-install mlp check'),
          run(
            'Generate the program',
            'npx --no-install mlp build --target typescript --out "$RUNNER_TEMP/program"',
          ),
          // biome-ignore lint/suspicious/noTemplateCurlyInString: an expression of GitHub's, not of ours
          upload('program', '${{ runner.temp }}/program'),
          {
            name: 'Compare with the branch that the change goes into',
            // What is checked out for a pull request is its merge, whose first parent is that branch.
            if: "github.event_name == 'pull_request'",
            run: 'npx --no-install mlp check --against HEAD^1',
          },
        ],
        2,
      ),
      ...(tests
        ? { test: job('Run the tests of the spec', settings, [run('Test', 'npx --no-install mlp test')]) }
        : {}),
    },
  };
}

/** `depth`: how many commits are fetched, the newest alone unless more are looked at. */
function job(name: string, settings: Settings, steps: readonly YamlValue[], depth?: number): YamlValue {
  const lock = settings.folder === '' ? 'package-lock.json' : `${settings.folder}/package-lock.json`;
  return {
    name,
    'runs-on': settings.runner,
    'timeout-minutes': defaults.minutes,
    permissions: { contents: commented('read', 'to check the repository out') },
    steps: [
      {
        name: 'Check out',
        uses: uses(pins.checkout),
        with: { ...(depth === undefined ? {} : { 'fetch-depth': depth }), 'persist-credentials': false },
      },
      {
        name: 'Set up Node',
        uses: uses(pins.setupNode),
        with: { 'node-version': settings.node, cache: 'npm', 'cache-dependency-path': lock },
      },
      run('Install what the lock file names', 'npm ci'),
      ...steps,
    ],
  };
}

const run = (name: string, command: string): YamlValue => ({ name, run: command });

const upload = (name: string, path: string): YamlValue => ({
  name: 'Keep the program',
  uses: uses(pins.uploadArtifact),
  with: { name, path, 'if-no-files-found': 'error', 'retention-days': 7 },
});

const uses = ({ action, commit, version }: Pin): YamlValue => commented(`${action}@${commit}`, version);
