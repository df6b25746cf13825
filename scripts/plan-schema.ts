/**
 * Writes `compiler/plan/plan.schema.json` from the types of the plan, so that the two cannot drift: every interface is
 * a closed object, every union of tagged objects a `oneOf` with its discriminator.
 * `node --import tsx scripts/plan-schema.ts [--check]`
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Node, Project, type TypeElementTypes, type TypeNode } from 'ts-morph';

type Json = Record<string, unknown>;
const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const files = ['type.ts', 'expression.ts', 'work.ts', 'plan.ts'].map(name =>
  path.join(root, 'compiler/plan', name),
);
export const schemaPath = path.join(root, 'compiler/plan/plan.schema.json');

/** Types that say more in JSON than in TypeScript. */
const special: Readonly<Record<string, Json>> = {
  At: { type: 'integer', minimum: 0, description: 'Index into positions.' },
};

class SchemaWriter {
  readonly definitions: Record<string, Json> = {};
  private readonly project = new Project({ useInMemoryFileSystem: false, skipAddingFilesFromTsConfig: true });

  constructor() {
    for (const file of files) this.project.addSourceFileAtPath(file);
    for (const file of this.project.getSourceFiles()) {
      for (const declared of file.getInterfaces()) {
        const bases = declared.getExtends().map(base => base.getExpression().getText());
        const inherited = bases.flatMap(base => file.getInterfaceOrThrow(base).getMembers());
        if (declared.isExported())
          this.definitions[declared.getName()] = {
            ...description(declared),
            ...this.object([...inherited, ...declared.getMembers()]),
          };
      }
      for (const alias of file.getTypeAliases())
        this.definitions[alias.getName()] = {
          ...description(alias),
          ...this.type(alias.getTypeNodeOrThrow()),
        };
    }
    Object.assign(this.definitions, special);
  }

  object(members: readonly TypeElementTypes[]): Json {
    const properties: Record<string, Json> = {};
    const required: string[] = [];
    for (const member of members) {
      if (!Node.isPropertySignature(member)) throw new Error(`cannot express ${member.getText()}`);
      properties[member.getName()] = { ...description(member), ...this.type(member.getTypeNodeOrThrow()) };
      if (!member.hasQuestionToken()) required.push(member.getName());
    }
    return { type: 'object', properties, required, additionalProperties: false };
  }

  type(node: TypeNode): Json {
    if (Node.isParenthesizedTypeNode(node)) return this.type(node.getTypeNode());
    if (Node.isTypeOperatorTypeNode(node)) return this.type(node.getTypeNode());
    if (Node.isArrayTypeNode(node)) return { type: 'array', items: this.type(node.getElementTypeNode()) };
    if (Node.isTypeLiteral(node)) return this.object(node.getMembers());
    if (Node.isUnionTypeNode(node)) return this.union(node.getTypeNodes());
    if (Node.isIntersectionTypeNode(node)) return this.intersection(node.getTypeNodes());
    if (Node.isLiteralTypeNode(node)) return { const: JSON.parse(node.getText().replaceAll("'", '"')) };
    if (Node.isTypeReference(node)) {
      const name = node.getTypeName().getText();
      const args = node.getTypeArguments();
      if (name === 'Readonly') return this.type(args[0]!);
      if (name === 'Record') return { type: 'object', additionalProperties: this.type(args[1]!) };
      return { $ref: `#/definitions/${name}` };
    }
    const text = node.getText();
    if (text === 'string' || text === 'number' || text === 'boolean') return { type: text };
    throw new Error(`cannot express ${text}`);
  }

  /** Literals become one `enum`, basic types one `type`, tagged objects one `oneOf` with its discriminator. */
  private union(nodes: readonly TypeNode[]): Json {
    const schemas = nodes.map(node => this.type(node));
    const constants = schemas.filter(s => 'const' in s && s['const'] !== null).map(s => s['const']);
    const basic = schemas
      .filter(s => typeof s['type'] === 'string' && Object.keys(s).length === 1)
      .map(s => s['type']);
    if (schemas.some(s => s['const'] === null)) basic.push('null');
    const objects = schemas.filter(s => s['type'] === 'object' || '$ref' in s);
    const rest = schemas.filter(s => s['type'] === 'array');
    const branches: Json[] = [
      ...(constants.length > 0 ? [{ enum: constants }] : []),
      ...(basic.length > 0 ? [{ type: basic.length === 1 ? basic[0] : basic }] : []),
      ...rest,
      ...(objects.length > 1 ? this.tagged(objects) : objects),
    ];
    return branches.length === 1 ? branches[0]! : { anyOf: branches };
  }

  private tagged(objects: readonly Json[]): Json[] {
    const properties = (schema: Json): Record<string, Json> => {
      const ref = schema['$ref'];
      const target = typeof ref === 'string' ? this.definitions[ref.slice('#/definitions/'.length)] : schema;
      return (target?.['properties'] ?? {}) as Record<string, Json>;
    };
    const isTag = (schema: Json | undefined): boolean =>
      schema !== undefined && ('const' in schema || 'enum' in schema);
    const tag = ['op', 'kind'].find(name => objects.every(schema => isTag(properties(schema)[name])));
    if (!tag) return [...objects];
    return [{ type: 'object', discriminator: { propertyName: tag }, required: [tag], oneOf: objects }];
  }

  private intersection(nodes: readonly TypeNode[]): Json {
    const parts = nodes.map(node => {
      const schema = this.type(node);
      const ref = schema['$ref'];
      return typeof ref === 'string' ? this.definitions[ref.slice('#/definitions/'.length)]! : schema;
    });
    return {
      type: 'object',
      properties: Object.assign({}, ...parts.map(part => part['properties'])),
      required: parts.flatMap(part => part['required'] as string[]),
      additionalProperties: false,
    };
  }
}

function description(node: Node): Json {
  if (!Node.isJSDocable(node)) return {};
  const text = node.getJsDocs().map(doc => doc.getDescription().trim().replace(/\s+/g, ' '));
  return text.length > 0 ? { description: text.join(' ') } : {};
}

/** What the types say now, as the text of the file. */
export function planSchemaText(): string {
  const writer = new SchemaWriter();
  const { Plan: plan, ...definitions } = writer.definitions;
  const schema = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'plan/1',
    ...plan,
    definitions,
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

/** Does the file say what the types say? A formatter may have laid it out differently. */
export const isFresh = (): boolean =>
  JSON.stringify(JSON.parse(readFileSync(schemaPath, 'utf8'))) ===
  JSON.stringify(JSON.parse(planSchemaText()));

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const text = planSchemaText();
  if (process.argv.includes('--check')) {
    if (!isFresh()) {
      console.error('compiler/plan/plan.schema.json is stale: run node --import tsx scripts/plan-schema.ts');
      process.exit(1);
    }
  } else writeFileSync(schemaPath, text);
}
