import type { Label } from '../../diagnostics/diagnostic.ts';
import type { Type } from '../../plan/plan.ts';
import { splitId } from '../../plan/reads.ts';
import type { FlowFacts } from './facts.ts';

/** Whether a value tells personal data: declared so, or computed from such without masking. */
export const isPersonal = (id: string, facts: FlowFacts): boolean =>
  facts.node(id)?.tags.includes('pii') === true;

/** The column of a schema that stands behind a column of a source, or of what a component makes. */
function columnOf(id: string, facts: FlowFacts) {
  const { table, column } = splitId(id);
  const { sources, components, schemas } = facts.draft;
  const schema = schemas[(sources[table] ?? components[table])?.schema ?? ''];
  return schema?.columns.find(c => c.name === column);
}

export const isDeclaredPersonal = (id: string, facts: FlowFacts): boolean =>
  columnOf(id, facts)?.tags.includes('pii') === true;

export const declaredLabel = (id: string, shown: string, facts: FlowFacts): Label | undefined =>
  facts.label(columnOf(id, facts)?.at, `\`${shown}\` is declared personal data`);

/** What the library has to hide a value of this type; undefined where leaving it out is the only way. */
export function maskingText(written: string, type: Type | undefined): string | undefined {
  switch (type?.kind) {
    case 'string':
      return `hash(${written})`;
    case 'int':
    case 'float':
      return `bucket(${written}, ${type.kind === 'int' ? '10' : '10.0'})`;
    case 'date':
    case 'datetime':
    case 'timestamp':
      return `bucket(year(${written}), 10)`;
    case 'bool':
    case 'enum':
      return `hash(to_string(${written}))`;
    default:
      return undefined;
  }
}
