// Finds every field of a schema in which words of somebody's own can be written, so that no test of what becomes of them forgets a new one.
import { z } from 'zod';

/** What can be written in a field that takes free text: some take only an address or a telephone number. */
const SAMPLES = ['Quagga and Zebu', 'quagga@secret.example', '+49 555 0123'];

/** The paths of such fields: `customer.name`, `items[].name`; of a record, whose keys are words as well, `answers{}`. */
export function textFieldsOf(schema: z.core.$ZodType, path = ''): readonly string[] {
  const { def } = schema._zod as unknown as { def: z.core.$ZodTypeDef & Inside };
  const join = (name: string) => (path === '' ? name : `${path}.${name}`);
  switch (def.type) {
    case 'object':
      return Object.entries(def.shape).flatMap(([name, field]) => textFieldsOf(field, join(name)));
    case 'array':
      return textFieldsOf(def.element, `${path}[]`);
    case 'record':
      return [def.keyType, def.valueType].some((part) => textFieldsOf(part, 'x').length > 0) ? [`${path}{}`] : [];
    case 'union':
      return [...new Set(def.options.flatMap((option) => textFieldsOf(option, path)))];
    case 'intersection':
      return [...textFieldsOf(def.left, path), ...textFieldsOf(def.right, path)];
    case 'optional':
    case 'nullable':
    case 'default':
    case 'readonly':
      return textFieldsOf(def.innerType, path);
    case 'pipe': {
      const fields = textFieldsOf(def.in, path);
      return fields.length === 1 && fields[0] === path ? leaf(schema, path) : fields;
    }
    case 'string':
      return leaf(schema, path);
    case 'enum':
    case 'literal':
    case 'number':
    case 'boolean':
    case 'custom':
      return [];
    default:
      throw new Error(`${path}: it is not known whether a schema of the type ${def.type} takes words`);
  }
}

/** What the walk looks into; each type of schema has some of it. */
type Inside = {
  readonly shape: Readonly<Record<string, z.core.$ZodType>>;
  readonly element: z.core.$ZodType;
  readonly keyType: z.core.$ZodType;
  readonly valueType: z.core.$ZodType;
  readonly options: readonly z.core.$ZodType[];
  readonly left: z.core.$ZodType;
  readonly right: z.core.$ZodType;
  readonly innerType: z.core.$ZodType;
  readonly in: z.core.$ZodType;
};

function leaf(schema: z.core.$ZodType, path: string): readonly string[] {
  return isText(schema) ? [path] : [];
}

function isText(schema: z.core.$ZodType): boolean {
  return SAMPLES.some((sample) => z.safeParse(schema, sample).success);
}
