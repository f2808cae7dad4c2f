// The fields of a managed thing, such as a service, are said once. What its routes take and answer, the record in memory and the API document follow from them.
import { z } from 'zod';

/**
 * One schema for each field. With `.default(…)` a new one has that value where the request says nothing; with `.optional()` the catalog finds a value;
 * with neither, a new one has to name it. Nothing is left out of a record or a reply: null stands for none.
 */
type Fields = Readonly<Record<string, z.ZodType>>;

type Bare<Field> = Field extends z.ZodDefault<infer Inner> | z.ZodOptional<infer Inner> ? Inner : Field;
type BareFields<Of extends Fields> = { -readonly [Name in keyof Of]: Bare<Of[Name]> };
type NewField<Field> = Field extends z.ZodDefault<infer Inner> ? z.ZodOptional<Inner> : Field;
type NewFields<Of extends Fields> = { -readonly [Name in keyof Of]: NewField<Of[Name]> };

/** As in a reply and in memory, where every field has a value. */
export function bareFields<Of extends Fields>(fields: Of): BareFields<Of> {
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, bare(field)])) as BareFields<Of>;
}

/**
 * As in the body that asks for a new one. Defaults are only described, and filled in by `withDefaults`: the body that an idempotency key stands for
 * is what was sent, so a field of a newer version does not make it another.
 */
export function newFields<Of extends Fields>(fields: Of): NewFields<Of> {
  const asked = (field: z.ZodType) => {
    if (!(field instanceof z.ZodDefault)) return field;
    return (bare(field) as z.ZodType).optional().meta({ default: field.def.defaultValue as never });
  };
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, asked(field)])) as NewFields<Of>;
}

/** `given` with the defaults of the fields that it leaves out. */
export function withDefaults<Of extends Fields, Given extends object>(fields: Of, given: Given): Filled<Of, Given> {
  const defaults = Object.entries(fields).flatMap(([name, field]) => (field instanceof z.ZodDefault ? [[name, field.def.defaultValue] as const] : []));
  const said = Object.entries(given).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(defaults), ...Object.fromEntries(said) } as Filled<Of, Given>;
}
type Filled<Of extends Fields, Given> = Omit<Given, keyof Of> & {
  [Name in keyof Of & string]: Of[Name] extends z.ZodDefault<infer Inner> ? z.output<Inner> : Name extends keyof Given ? Given[Name] : undefined;
};

/** The record in memory, which nothing changes. */
export type RecordOf<Of extends Fields> = Frozen<{ [Name in keyof Of]: z.output<Bare<Of[Name]>> }>;
/** What a new one is asked for with. */
export type NewRecordOf<Of extends Fields> = Frozen<z.output<z.ZodObject<NewFields<Of>>>>;
type Frozen<Value> = Value extends readonly (infer Item)[]
  ? readonly Frozen<Item>[]
  : Value extends object
    ? { readonly [Name in keyof Value]: Frozen<Value[Name]> }
    : Value;

function bare(field: z.ZodType): unknown {
  return field instanceof z.ZodDefault || field instanceof z.ZodOptional ? field.unwrap() : field;
}
