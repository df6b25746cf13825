import type { Option, Rule } from '../../compiler/lint/rule.ts';
import { rules } from '../../compiler/lint/rules/index.ts';
import { anchor, block, code, join, table } from './markdown.ts';

const INTRO = `\`mlp lint\` says all that \`mlp check\` says, and beyond it what is allowed and unwise. Each rule has a name, a code, the reason
why it exists with a place where that reason can be read, and two specs: the first makes it speak, the second does not; tests run both.
\`mlp explain MLP7111\` prints one entry, \`mlp lint --rules\` the rules with their levels in a project.`;

const SETTINGS = `## Settings

They stand in \`mlp.json\` under \`lint\`. Rules that it does not name keep their level of \`mlp:recommended\`.

${block(
  'json',
  `{
  "lint": {
    "extends": ["mlp:strict", "./team.json", "@acme/mlp-lint"],
    "rules": {
      "missing-docs": "off",
      "small-slice": ["error", { "least": 200 }]
    },
    "locked": ["personal-example"]
  }
}`,
)}

- Levels are \`off\`, \`note\`, \`warn\` and \`error\`. Errors end with exit code 1; \`--max-warnings 0\` makes warnings do so too.
- \`extends\` takes over settings, the later over the earlier and \`rules\` over both: the presets \`mlp:recommended\`, \`mlp:strict\` and
  \`mlp:none\` (every rule off), a JSON file beside this one, or a package of \`node_modules\` with a file \`mlp-lint.json\`. Such a file has the
  same entries at its top.
- \`locked\` names rules that no spec may suppress. What the \`mlp.json\` of a folder locks holds for every project below that folder:
  there the rule cannot be suppressed, and neither lowered nor given other options.
- A mistake in the settings is an error at its place in the file. Editors find the form in
  [\`compiler/lint/config.schema.json\`](../compiler/lint/config.schema.json).

## Suppressing

Whoever suppresses says why; a suppression without a reason is an error (MLP7001), one that is of no use a warning with the edit
that removes it (MLP6009). All of these work for the warnings of \`mlp check\` too; errors of the compiler cannot be suppressed.

| covers | written |
|---|---|
| what begins on this line, or on the next one with code | \`// mlp-allow MLP7111: the trainer draws nothing\` |
| the file | \`// mlp-allow-file MLP7101, MLP7112: shared with the project next door\` |
| a declaration or a column | \`@suppress("MLP7101", "read by a notebook")\` |
| the project | \`"suppress": [{ "code": "MLP7113", "reason": "…" }]\` in \`mlp.json\` |

## Cache

Results are kept by content in the user's cache folder (\`$XDG_CACHE_HOME/mlp\`), so a second run looks only at what changed and at
what depends on it. Given files, \`mlp lint\` looks at these and at what depends on them; the rules marked *whole project* below compare files that have
nothing to do with one another and speak only when all files are linted. \`MLP_CACHE=off\` does without.`;

/** `docs/lint.md`: how the linter is set up, and every rule. */
export function lintPage(generated: string): string {
  return `${join([
    generated,
    '# Linter',
    INTRO,
    SETTINGS,
    '## Rules',
    table(
      ['code', 'rule', 'says', 'recommended', 'strict'],
      rules.map(rule => [
        rule.code,
        `[${rule.name}](#${rule.name})`,
        rule.message.definition.title,
        rule.level,
        rule.strict,
      ]),
    ),
    ...rules.map(entry),
  ])}\n`;
}

function entry(rule: Rule): string {
  const { title, explanation } = rule.message.definition;
  const options = Object.entries(rule.options);
  return join([
    `${anchor(rule.name)}\n\n### ${rule.name}`,
    `${rule.code}: ${title}.${rule.scope === 'project' ? ' *Whole project.*' : ''}`,
    explanation.text,
    options.length === 0
      ? ''
      : table(
          ['option', 'means', 'values', 'default'],
          options.map(([name, option]) => [
            code(name),
            option.means,
            valuesOf(option),
            code(JSON.stringify(option.default)),
          ]),
        ),
    `Speaks:\n\n${block('mlp', explanation.wrong)}`,
    `Silent:\n\n${block('mlp', explanation.right)}`,
  ]);
}

function valuesOf(option: Option): string {
  switch (option.kind) {
    case 'number':
      return `${option.min} to ${option.max}`;
    case 'boolean':
      return 'true, false';
    case 'texts':
      return option.of ? option.of.map(one => code(one)).join(', ') : 'texts';
  }
}
