// How a column comes back, the same from both engines. A type that is not listed comes back as its text.
type ColumnParser = (text: string) => unknown;

const asNumber: ColumnParser = Number;
const asText: ColumnParser = (text) => text;
const asBoolean: ColumnParser = (text) => text === 't';
const asJson: ColumnParser = (text) => JSON.parse(text);
const asMoment: ColumnParser = (text) => new Date(text);
const ELEMENT = /"((?:[^"\\]|\\.)*)"|([^",{}]+)/gs;
/** Of one dimension; nothing of ours has more. */
const arrayOf =
  (element: ColumnParser): ColumnParser =>
  (text) =>
    Array.from(text.matchAll(ELEMENT), ([, quoted, bare = '']) => {
      if (quoted !== undefined) return element(quoted.replaceAll(/\\(.)/gs, '$1'));
      return bare === 'NULL' ? null : element(bare);
    });

/** By type OID (pg_type.dat of PostgreSQL, which never changes). Every int8 of ours is a moment, a count or an amount below 2^53. */
export const COLUMN_PARSERS: { readonly [oid: number]: ColumnParser } = {
  16: asBoolean,
  20: asNumber, // int8
  21: asNumber, // int2
  23: asNumber, // int4
  25: asText,
  26: asNumber, // oid
  114: asJson,
  700: asNumber, // float4
  701: asNumber, // float8
  1000: arrayOf(asBoolean),
  1005: arrayOf(asNumber), // int2[]
  1007: arrayOf(asNumber), // int4[]
  1009: arrayOf(asText), // text[]
  1015: arrayOf(asText), // varchar[]
  1016: arrayOf(asNumber), // int8[]
  1022: arrayOf(asNumber), // float8[]
  1082: asText, // date
  1114: asText, // timestamp without zone: nobody should have one, so nobody guesses a zone
  1184: asMoment, // timestamptz
  1186: asText, // interval
  1700: asText, // numeric
  2951: arrayOf(asText), // uuid[]
  3802: asJson, // jsonb
  3807: arrayOf(asJson), // jsonb[]
};

export function columnParser(oid: number): ColumnParser {
  return COLUMN_PARSERS[oid] ?? asText;
}
