import { Ajv } from 'ajv';

export interface SchemaFault {
  readonly instancePath: string;
  readonly message?: string;
  readonly params: Readonly<Record<string, unknown>>;
}
/** The first thing that is wrong with a document; undefined: it is right. */
export type Validator = (document: unknown) => SchemaFault | undefined;

const ajv = new Ajv({ allowUnionTypes: true });

/** In a module of its own, so that ajv is loaded only when there is a document to check. */
export function compileSchema(schema: object): Validator {
  const validate = ajv.compile(schema);
  return document => (validate(document) ? undefined : (validate.errors?.[0] as SchemaFault | undefined));
}
