import { defineRule } from '../rule.ts';
import { project } from './examples.ts';

const keyed = (features: string): string =>
  project({ columns: 'visit: int @key', features }).replace('bought: true }', 'bought: true, visit: 1 }');

export const keyAsFeature = defineRule({
  name: 'key-as-feature',
  code: 'MLP7133',
  level: 'warn',
  title: 'an identifier as a feature',
  message: ({ feature, key, model }: { feature: string; key: string; model: string }) =>
    `\`${model}\` learns from \`${feature}\`, and \`${key}\` tells every row from every other`,
  hint: ({ feature }) => `leave it out: \`features … without { ${feature} }\``,
  why: `The key of a row is a name, not a property: there is nothing to learn from it that holds for the next row. Trees nevertheless split by it, since numbers that are given out in order tell the time, and the
model remembers its training rows instead of learning from them. A column that is \`@key\` alone is looked at, read as it is; keys of several columns may well be properties.`,
  reference: {
    title: 'cleanlab: identifier columns',
    url: 'https://leeroopedia.com/index.php/Principle:Cleanlab_Cleanlab_Identifier_Column_Issue_Detection',
  },
  wrong: keyed('use visit, site, pages, seconds'),
  right: keyed('use site, pages, seconds'),
  create: context => ({
    finish() {
      for (const [model, { features, trainer }] of Object.entries(context.draft.models)) {
        if (!trainer) continue;
        for (const { view, name } of features) {
          const { source, features: all } = context.draft.views[view]!;
          const keys = context.draft.schemas[context.draft.sources[source]?.schema ?? '']?.key ?? [];
          const feature = all.find(one => one.name === name);
          const { expr } = feature ?? {};
          if (keys.length !== 1 || expr?.op !== 'column' || expr.of !== 'row' || expr.column !== keys[0])
            continue;
          const place = context.place(feature!.at);
          if (place) context.report({ feature: name, key: keys[0], model }, place);
        }
      }
    },
  }),
});
