/**
 * Writes `docs/json/*.schema.json`, one for each document that commands print with `--json`, from `cli/documents.ts`.
 * `node --import tsx scripts/json-schemas.ts [--check]`, or with everything else `npm run generate`.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Node, Project, type Symbol as Property, type Type } from 'ts-morph';

type Json = Record<string, unknown>;
const root = path.join(import.meta.dirname, '..');
const documents = path.join(root, 'cli/documents.ts');

/** Helpers of TypeScript that are looked through, not named. */
const transparent = new Set([
  '__type',
  'Array',
  'ReadonlyArray',
  'Readonly',
  'Record',
  'Pick',
  'Omit',
  'NonNullable',
]);

class SchemaWriter {
  readonly definitions = new Map<string, { readonly type: Type; schema: Json }>();
  private readonly at: Node;

  constructor(at: Node) {
    this.at = at;
  }

  schemaOf(type: Type): Json {
    if (type.isAny() || type.isUnknown()) return {};
    if (type.isNull()) return { type: 'null' };
    if (type.isLiteral() && !type.isBoolean()) return { const: literalOf(type) };
    if (type.isString() || type.isTemplateLiteral()) return { type: 'string' };
    if (type.isNumber()) return { type: 'number' };
    if (type.isBoolean()) return { type: 'boolean' };
    if (type.isArray() || type.isReadonlyArray())
      return { type: 'array', items: this.schemaOf(type.getArrayElementTypeOrThrow()) };
    if (type.isTuple()) return this.tuple(type);
    const name = nameOf(type);
    return name === undefined ? this.inline(type) : this.named(name, type);
  }

  private tuple(type: Type): Json {
    const items = type.getTupleElements().map(item => this.schemaOf(item));
    return { type: 'array', items, minItems: items.length, maxItems: items.length };
  }

  /** Two types of one name are told apart by a number. */
  private named(wanted: string, type: Type): Json {
    let name = wanted;
    for (let n = 2; this.definitions.has(name) && this.definitions.get(name)!.type !== type; n++)
      name = `${wanted}${n}`;
    if (!this.definitions.has(name)) {
      const definition = { type, schema: {} as Json };
      this.definitions.set(name, definition);
      definition.schema = this.inline(type);
    }
    return { $ref: `#/definitions/${name}` };
  }

  private inline(type: Type): Json {
    if (type.isUnion()) return this.union(type.getUnionTypes().filter(one => !one.isUndefined()));
    if (!type.isObject() && !type.isIntersection()) throw new Error(`cannot express ${type.getText()}`);
    const index = type.getStringIndexType();
    const properties = type.getProperties();
    if (index && properties.length === 0)
      return { type: 'object', additionalProperties: this.schemaOf(withoutUndefined(index)) };
    return this.object(properties);
  }

  private object(properties: readonly Property[]): Json {
    const written: Record<string, Json> = {};
    const required: string[] = [];
    for (const property of properties) {
      const type = property.getTypeAtLocation(this.at);
      const optional =
        property.isOptional() || (type.isUnion() && type.getUnionTypes().some(one => one.isUndefined()));
      written[property.getName()] = { ...description(property), ...this.schemaOf(withoutUndefined(type)) };
      if (!optional) required.push(property.getName());
    }
    return { type: 'object', properties: written, required };
  }

  private union(types: readonly Type[]): Json {
    if (types.every(type => type.isBooleanLiteral()))
      return types.length > 1 ? { type: 'boolean' } : this.schemaOf(types[0]!);
    const booleans = types.filter(type => type.isBooleanLiteral());
    const rest = types.filter(type => !(booleans.length > 1 && type.isBooleanLiteral()));
    const constants = rest.filter(type => type.isLiteral());
    const others = rest.filter(type => !type.isLiteral()).map(type => this.schemaOf(type));
    const branches = [
      ...(constants.length > 0 ? [{ enum: constants.map(literalOf) }] : []),
      ...(booleans.length > 1 ? [{ type: 'boolean' }] : []),
      ...others,
    ];
    return branches.length === 1 ? branches[0]! : { anyOf: branches };
  }
}

function literalOf(type: Type): unknown {
  if (type.isBooleanLiteral()) return type.getText() === 'true';
  return type.getLiteralValueOrThrow();
}

const withoutUndefined = (type: Type): Type => {
  if (!type.isUnion()) return type;
  const rest = type.getUnionTypes().filter(one => !one.isUndefined());
  return rest.length === 1 && rest.length < type.getUnionTypes().length ? rest[0]! : type;
};

function nameOf(type: Type): string | undefined {
  const name = type.getAliasSymbol()?.getName() ?? (type.isUnion() ? undefined : type.getSymbol()?.getName());
  return name === undefined || transparent.has(name) || name.startsWith('__') ? undefined : name;
}

function description(property: Property): Json {
  const [declared] = property.getDeclarations();
  if (!declared || !Node.isJSDocable(declared)) return {};
  const text = declared.getJsDocs().map(doc => doc.getDescription().trim().replace(/\s+/g, ' '));
  return text.length > 0 ? { description: text.join(' ') } : {};
}

/** The schemas by their path in the project. */
export function jsonSchemas(): ReadonlyMap<string, string> {
  const project = new Project({
    tsConfigFilePath: path.join(root, 'tsconfig.json'),
    skipAddingFilesFromTsConfig: true,
  });
  const file = project.addSourceFileAtPath(documents);
  const all = file.getInterfaceOrThrow('Documents');
  return new Map(
    all.getProperties().map(property => {
      const writer = new SchemaWriter(property);
      const command = property.getName();
      const schema = writer.schemaOf(property.getType());
      const document = {
        $schema: 'http://json-schema.org/draft-07/schema#',
        title: `mlp ${command} --json`,
        ...schema,
        definitions: Object.fromEntries(
          [...writer.definitions].map(([name, { schema: own }]) => [name, own]),
        ),
      };
      return [`docs/json/${command}.schema.json`, `${JSON.stringify(document, null, 2)}\n`];
    }),
  );
}

/** Those that say something else than the types do; a formatter may have laid them out differently. */
export function staleSchemas(): ReadonlyMap<string, string> {
  const said = (text: string): string => JSON.stringify(JSON.parse(text));
  return new Map(
    [...jsonSchemas()].filter(([name, text]) => {
      const full = path.join(root, name);
      return !existsSync(full) || said(readFileSync(full, 'utf8')) !== said(text);
    }),
  );
}

if (process.argv[1] !== undefined && import.meta.filename === path.resolve(process.argv[1])) {
  const stale = staleSchemas();
  if (process.argv.includes('--check')) {
    for (const name of stale.keys())
      console.error(`${name} is stale: run node --import tsx scripts/json-schemas.ts`);
    process.exitCode = stale.size > 0 ? 1 : 0;
  } else
    for (const [name, text] of stale) {
      mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
      writeFileSync(path.join(root, name), text);
      console.log(`${name} written`);
    }
}
