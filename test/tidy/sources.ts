// Reads the project's own source, as a syntax tree: the checks of test/tidy.test.ts are made of it.
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseSync } from 'vite';

export const PROJECT = path.join(import.meta.dirname, '..', '..');

type Import = { readonly specifier: string; readonly typeOnly: boolean; readonly line: number };
/** One node of the tree; `parent` is undefined at the top. */
export type SyntaxNode = { readonly type: string; readonly start: number; readonly parent: SyntaxNode | undefined; readonly [key: string]: unknown };
export type Source = {
  /** From the root of the project, with `/`. */
  readonly path: string;
  readonly text: string;
  readonly imports: readonly Import[];
  readonly comments: readonly { readonly text: string; readonly line: number }[];
  readonly nodes: readonly SyntaxNode[];
  lineOf(offset: number): number;
};

const CODE = ['src', 'web', 'test', 'bench', 'chaos'].map((folder) => `${folder}/**/*.{ts,tsx}`).concat('*.ts', '*.mjs');

/** Every source file of the project. */
export function readSources(project = PROJECT): readonly Source[] {
  return listFiles(CODE, project).map((file) => parseSource(file, readFileSync(path.join(project, file), 'utf8')));
}

export function listFiles(patterns: readonly string[], project = PROJECT): readonly string[] {
  return globSync([...patterns], { cwd: project, exclude: ['node_modules/**', 'dist/**', 'data/**'] })
    .map((file) => file.split(path.sep).join('/'))
    .sort();
}

/** Throws when the text is not TypeScript: a file that cannot be read must not look like a file without faults. */
export function parseSource(file: string, text: string): Source {
  const parsed = parseSync(file, text);
  if (parsed.errors.length > 0) throw new Error(`${file}: ${parsed.errors[0]?.message}`);
  const lineOf = (offset: number) => text.slice(0, offset).split('\n').length;
  const nodes = [...walk(parsed.program, undefined)];
  return {
    path: file,
    text,
    lineOf,
    nodes,
    imports: nodes.flatMap((node) => importOf(node, lineOf)),
    comments: parsed.comments.map((comment) => ({ text: comment.value, line: lineOf(comment.start) })),
  };
}

function* walk(value: unknown, parent: SyntaxNode | undefined): Generator<SyntaxNode> {
  if (Array.isArray(value)) {
    for (const item of value) yield* walk(item, parent);
  } else if (typeof value === 'object' && value !== null && 'type' in value) {
    const node = { ...value, parent } as SyntaxNode;
    yield node;
    for (const [key, child] of Object.entries(value)) if (typeof child === 'object' && key !== 'parent') yield* walk(child, node);
  }
}

/** `import … from`, `export … from` and `import('…')`; an `import type` is a real dependency between layers too. */
function importOf(node: SyntaxNode, lineOf: (offset: number) => number): readonly Import[] {
  if (!['ImportDeclaration', 'ExportNamedDeclaration', 'ExportAllDeclaration', 'ImportExpression', 'TSImportType'].includes(node.type)) return [];
  const source = node.source as { readonly value?: unknown } | null;
  if (typeof source?.value !== 'string') return [];
  const typeOnly = node.importKind === 'type' || node.exportKind === 'type' || node.type === 'TSImportType';
  return [{ specifier: source.value, typeOnly, line: lineOf(node.start) }];
}
