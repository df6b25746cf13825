import { isExactPackage } from '../../plan/foreign.ts';
import type * as ast from '../../syntax/ast/index.ts';
import { defineRule } from '../rule.ts';
import { project } from './examples.ts';

const component = (packages: string): string =>
  project({
    gate: 'require auc >= 0.7\n    require lift >= 2.0\n    require auc > baseline.auc',
    evaluate: 'evaluate auc, log_loss, lift by site',
    more: `/// How much better than chance the first tenth is.
metric lift for binary in 0.0..10.0 higher is better {
  run python "metrics/lift.py:lift"
  packages ${packages}
  timeout 10min
}`,
  });

export const unpinnedPackage = defineRule({
  name: 'unpinned-package',
  code: 'MLP7112',
  level: 'warn',
  title: 'a package without an exact version',
  message: ({ name, found }: { name: string; found: string }) =>
    found === '' ? `\`${name}\` has no version` : `\`${found}\` lets the version of \`${name}\` move`,
  hint: ({ name }) => `name the version that you tested: \`"${name}==1.2.3"\``,
  why: `A package without an exact version is another one whenever somebody releases it: a run of tomorrow is not the run of today,
and the cache believes that nothing has changed. \`==\` (or \`@1.2.3\` for packages of npm) names one version; \`>=\`, \`~=\`, \`^\` and \`*\` name many. For Python a run installs nothing else.`,
  reference: {
    title: 'pip: repeatable installs',
    url: 'https://pip.pypa.io/en/stable/_sources/topics/repeatable-installs.md.txt',
  },
  wrong: component('"numpy", "pandas>=2.0"'),
  right: component('"numpy==2.2.1", "pandas==2.2.3"'),
  create: context => {
    const python = new Set<ast.Node>();
    const note = ({ body }: { readonly body: ast.ForeignBody }): void => {
      if (body.items.some(item => item.kind === 'Run' && item.language === 'python'))
        for (const item of body.items) if (item.kind === 'Packages') python.add(item);
    };
    return {
      Component: note,
      Trainer: note,
      Metric: note,
      Packages(clause) {
        // What a run does not install it refuses; here it is said before.
        const isPinned = python.has(clause) ? isExactPackage : namesOneVersion;
        for (const one of clause.packages) {
          const text = context.program.constantOf(one);
          if (typeof text !== 'string' || isPinned(text)) continue;
          const name = /^@?[^\s@=<>~!^;[]*/.exec(text.trim())![0] || text;
          const found = text.trim() === name ? '' : text;
          context.report({ name, found }, { span: one.span });
        }
      },
    };
  },
});

/** Of pip: `name[extra]==1.2`, without a star, or a link to one file or commit; of npm: `name@1.2.3`. */
function namesOneVersion(requirement: string): boolean {
  const [text = ''] = requirement.split(';');
  if (/^[\w.-]+(\[[\w,\s.-]*\])?\s*={2,3}\s*[^*,<>~!\s]+\s*$/.test(text)) return true;
  if (/@\s*(git\+)?https?:\S+(@[0-9a-f]{7,40}|\.(whl|tar\.gz|zip))(#\S*)?\s*$/.test(text)) return true;
  return /^(@[\w.-]+\/)?[\w.-]+@\d+\.\d+\.\d+\S*$/.test(text.trim());
}
