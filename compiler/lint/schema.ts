import { levels, type Option, type Rule } from './rule.ts';
import { rules } from './rules/index.ts';

type Json = Readonly<Record<string, unknown>>;

/** The JSON Schema of the settings of `mlp lint`, made from the rules: `config.schema.json` is this text. */
export function settingsSchema(): Json {
  const names = rules.map(rule => rule.name);
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Settings of mlp lint',
    description: 'What stands under "lint" in mlp.json, or in a file that "extends" names.',
    type: 'object',
    additionalProperties: false,
    properties: {
      extends: {
        description:
          'Presets (mlp:recommended, mlp:strict, mlp:none), files (./x.json), or packages, the later ones over the earlier.',
        anyOf: [
          { type: 'string', minLength: 1 },
          { type: 'array', items: { type: 'string', minLength: 1 } },
        ],
      },
      rules: {
        description: 'Levels and options of rules.',
        type: 'object',
        additionalProperties: false,
        properties: Object.fromEntries(rules.map(rule => [rule.name, ruleSchema(rule)])),
      },
      locked: {
        description: 'Rules that no spec here or below may suppress, and no project below may loosen.',
        type: 'array',
        items: { enum: names },
      },
    },
  };
}

function ruleSchema({ message, options }: Rule): Json {
  const level = { enum: levels };
  const entries = Object.entries(options);
  const withOptions = {
    type: 'array',
    minItems: 2,
    maxItems: 2,
    additionalItems: false,
    items: [
      level,
      {
        type: 'object',
        additionalProperties: false,
        properties: Object.fromEntries(entries.map(([name, option]) => [name, optionSchema(option)])),
      },
    ],
  };
  const description = message.definition.title;
  return entries.length === 0 ? { description, ...level } : { description, anyOf: [level, withOptions] };
}

function optionSchema(option: Option): Json {
  const shared = { description: option.means, default: option.default };
  switch (option.kind) {
    case 'number':
      return { ...shared, type: 'number', minimum: option.min, maximum: option.max };
    case 'boolean':
      return { ...shared, type: 'boolean' };
    case 'texts':
      return {
        ...shared,
        type: 'array',
        items: option.of ? { enum: option.of } : { type: 'string' },
      };
  }
}
