// Finds words in the code of a page that its reader would see, or hear: they belong into the page's catalogues.
import { parseSync } from 'vite';

type Node = { readonly type: string; readonly [key: string]: unknown };
type Path = readonly Node[];

/** Attributes whose words no one reads. */
const UNREAD_ATTRIBUTES =
  /^(class|id|key|d|type|name|href|rel|target|role|for|style|transform|viewBox|width|height|fill|stroke.*|lang|dir|kind|mode|to|sign|value|tag|path|action|scope|what|describedBy|method|autoComplete|inputMode|aria-(hidden|busy|live|labelledby|describedby|controls|autocomplete|keyshortcuts)|data-.*)$/;
/** What is asked of the browser by a name, and what fails in a log. */
const UNREAD_CALLS =
  /^(Error|matchMedia|querySelector(All)?|closest|getElementById|addEventListener|removeEventListener|getItem|setItem|includes|setProperty|keptInTab|split|join|startsWith)$/;

/** With their lines, in the order of the code. */
export function literalWordsIn(code: string, file: string): readonly string[] {
  const { program, errors } = parseSync(file, code);
  if (errors.length > 0) throw new Error(`${file} cannot be read: ${errors[0]?.message}`);
  const found: string[] = [];
  visit(program as unknown as Node, [], (node, path) => {
    const words = wordsOf(node, path);
    const line = code.slice(0, Number(node.start)).split('\n').length;
    if (words !== undefined) found.push(`${file}:${line}: ${words.trim()}`);
  });
  return found;
}

function visit(node: Node, path: Path, look: (node: Node, path: Path) => void): void {
  look(node, path);
  for (const child of Object.values(node)) for (const one of Array.isArray(child) ? child : [child]) if (isNode(one)) visit(one, [...path, node], look);
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

function wordsOf(node: Node, path: Path): string | undefined {
  if (node.type === 'JSXText') return /\p{L}/u.test(String(node.value)) ? String(node.value) : undefined;
  const text =
    node.type === 'TemplateElement' ? (node.value as { cooked: string }).cooked : node.type === 'Literal' && typeof node.value === 'string' ? node.value : '';
  if (!/\p{L}/u.test(text) || path.some((above) => isUnread(above))) return undefined;
  const parent = path.at(-1);
  if (parent?.type === 'JSXAttribute') return text;
  // A key of an object, or what something is compared with.
  if ((parent?.type === 'Property' && parent.key === node) || parent?.type === 'BinaryExpression' || parent?.type === 'MemberExpression') return undefined;
  if (node.type === 'TemplateElement') return /(^|[\s(])\p{L}{2,}([\s,.:!?)]|$)/u.test(text) && !/^\/|[=&;<{#]/.test(text) ? text : undefined;
  return /^\p{Lu}\p{Ll}+([ .,:?!…]|$)/u.test(text) || /\p{L}{2,}[,:]? \p{L}{2,}/u.test(text) ? text : undefined;
}

function isUnread(node: Node): boolean {
  if (node.type === 'ImportDeclaration' || node.type.startsWith('TS')) return node.type !== 'TSAsExpression' && node.type !== 'TSSatisfiesExpression';
  if (node.type === 'JSXAttribute') return UNREAD_ATTRIBUTES.test(nameOf(node.name));
  if (node.type === 'CallExpression' || node.type === 'NewExpression') return UNREAD_CALLS.test(nameOf(node.callee));
  return false;
}

/** Of what is called, or of an attribute. */
function nameOf(node: unknown): string {
  if (!isNode(node)) return '';
  if (node.type === 'MemberExpression') return nameOf(node.property);
  if (node.type === 'ChainExpression') return nameOf(node.expression);
  return typeof node.name === 'string' ? node.name : '';
}
