// The drawing of the rooms in ARCHITECTURE.md, and whether it is true.
import path from 'node:path';
import { layerOf } from './layers.ts';
import type { Source } from './sources.ts';

type Arrows = ReadonlyMap<string, ReadonlySet<string>>;

/** The arrows of the first Mermaid drawing of a document. */
export function arrowsDrawn(document: string): Arrows {
  const drawing = /```mermaid\n([\s\S]*?)```/.exec(document)?.[1] ?? '';
  return arrowsOf([...drawing.matchAll(/^\s*([a-z][a-z-]*) --> ([a-z][a-z-]*)$/gm)].map(([, from = '', to = '']) => [from, to] as const));
}

/** Which room imports from which. */
export function arrowsImported(sources: readonly Source[]): Arrows {
  return arrowsOf(
    sources.flatMap((source) => {
      const from = layerOf(source.path);
      const targets = source.imports.filter(({ specifier }) => specifier.startsWith('.')).map(({ specifier }) => targetOf(source.path, specifier));
      return from === undefined ? [] : targets.flatMap((to) => (to === undefined || to === from ? [] : [[from, to] as const]));
    }),
  );
}

/** One sentence for each arrow without an import, and for each import without arrows that lead there. */
export function gapsInDrawing(drawn: Arrows, imported: Arrows): readonly string[] {
  const untrue = pairs(drawn).filter(([from, to]) => imported.get(from)?.has(to) !== true);
  const missing = pairs(imported).filter(([from, to]) => !reachable(from, drawn).has(to));
  return [
    ...untrue.map(([from, to]) => `the drawing in ARCHITECTURE.md has ${from} --> ${to}, and nothing in ${from} imports from ${to}`),
    ...missing.map(([from, to]) => `${from} imports from ${to}, and no arrows in ARCHITECTURE.md lead there`),
  ];
}

function targetOf(file: string, specifier: string): string | undefined {
  return layerOf(path.posix.join(path.posix.dirname(file), specifier));
}

function arrowsOf(list: readonly (readonly [string, string])[]): Arrows {
  const arrows = new Map<string, Set<string>>();
  for (const [from, to] of list) arrows.set(from, (arrows.get(from) ?? new Set()).add(to));
  return arrows;
}

function pairs(arrows: Arrows): readonly (readonly [string, string])[] {
  return [...arrows].flatMap(([from, targets]) => [...targets].map((to) => [from, to] as const));
}

function reachable(from: string, arrows: Arrows, seen = new Set<string>()): ReadonlySet<string> {
  for (const to of arrows.get(from) ?? []) {
    if (seen.has(to)) continue;
    seen.add(to);
    reachable(to, arrows, seen);
  }
  return seen;
}
